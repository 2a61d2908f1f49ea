namespace Actors.Cli.Storage;

/// <summary>A pool.</summary>
internal sealed record PoolView(
    string Name, string Node, IReadOnlyList<string> Labels, bool IsUsable, long CapacityBytes, long FreeBytes, int Replicas, long? ApplicationBytesPerSecond = null, string? LoadUnknown = null);
