using Orleans;

namespace Actors.Grains.Storage;

/// <summary>What became of a request about a volume's migration.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Storage.OrderAnswer")]
public sealed record OrderAnswer
{
    /// <summary>The order that it is about; empty when it was refused.</summary>
    [Id(0)] public Guid Order { get; init; }

    /// <summary>Why it is not done; null when it is.</summary>
    [Id(1)] public string? Refusal { get; init; }

    /// <summary>Whether it is not done because there is no such volume.</summary>
    [Id(2)] public bool IsUnknown { get; init; }

    /// <summary>What whoever asked might not expect; null when there is nothing.</summary>
    [Id(3)] public string? Remark { get; init; }

    internal static OrderAnswer Refused(string why) => new() { Refusal = why };

    internal static OrderAnswer Unknown(string volume) => new() { Refusal = $"there is no volume {volume}", IsUnknown = true };
}
