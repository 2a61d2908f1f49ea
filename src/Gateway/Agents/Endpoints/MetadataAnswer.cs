using Actors.Grains.Agents;

namespace Actors.Gateway.Agents;

/// <summary>A value that an agent measured.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Value">What was measured.</param>
/// <param name="Error">Why it could not be measured, or that it was cut; empty when all is well.</param>
/// <param name="CollectedAt">When a silo heard of it.</param>
public sealed record MetadataValueAnswer(string Key, string Value, string Error, DateTimeOffset CollectedAt)
{
    /// <summary>The answer of what the store knows.</summary>
    internal static MetadataValueAnswer Of(MetadataRow row) =>
        new(row.Key.Name, row.Value, row.Error, DateTimeOffset.FromUnixTimeMilliseconds(row.CollectedAtUtcMs));
}

/// <summary>Body of <c>/api/v1/agents/{id}/metadata</c>.</summary>
/// <param name="Metadata">The newest values, by name.</param>
public sealed record MetadataAnswer(IReadOnlyList<MetadataValueAnswer> Metadata);
