namespace Actors.Agents.Messages;

/// <summary>A value that an agent measured.</summary>
public sealed record MetadataReport
{
    /// <summary>Its name.</summary>
    public required string Key { get; init; }

    /// <summary>What was measured.</summary>
    public string? Value { get; init; }

    /// <summary>Why it could not be measured.</summary>
    public string? Error { get; init; }
}
