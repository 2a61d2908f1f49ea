using Actors.Storage.BackEnds;

namespace Actors.Storage.Tests.BackEnds;

/// <summary>A back end with one volume to move, that can lose the process that runs it.</summary>
internal abstract class BackEndWorld : IAsyncDisposable
{
    public static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    public string Volume { get; init; } = "v";

    public string SourcePool { get; init; } = "cold-a";

    public string TargetPool { get; init; } = "hot-c";

    public abstract IVolumeBackEnd BackEnd { get; }

    /// <summary>Where the volume's replicas lie when nothing moves but the source.</summary>
    public virtual IReadOnlyList<string> OtherPools => [];

    /// <summary>The process dies, and another begins with what is durable.</summary>
    public abstract Task CrashAsync();

    /// <summary>Waits until there is something new to see.</summary>
    public abstract Task PassAsync();

    /// <summary>A checksum of what applications read.</summary>
    public abstract Task<string> ChecksumAsync();

    public abstract ValueTask DisposeAsync();
}
