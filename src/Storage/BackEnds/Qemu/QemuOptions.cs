namespace Actors.Storage.BackEnds.Qemu;

/// <summary>Where the volumes of the <c>qemu</c> back end lie, and how their daemons are run.</summary>
public sealed record QemuOptions
{
    /// <summary>The folder with a folder for each volume: its descriptor, a link to the active replica, and its daemon's sockets. A socket's path may have 107 bytes.</summary>
    public required string VolumesFolder { get; init; }

    /// <summary>One folder a pool, each with its <c>pool.json</c>.</summary>
    public required IReadOnlyList<string> PoolFolders { get; init; }

    /// <summary>The daemon's program. Debian's package is qemu-system-common.</summary>
    public string Program { get; init; } = "qemu-storage-daemon";

    /// <summary>What a copy falls to when its rate is not renewed in time, or when another process finds it. Bytes per second, at least 1.</summary>
    public long UnheldBytesPerSecond { get; init; } = 4 << 20;

    /// <summary>How long a daemon has to answer when all volumes are listed; one that does not is shown as unhealthy.</summary>
    public TimeSpan LookTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a daemon has to start, to answer, or to take a step that is no copy.</summary>
    public TimeSpan StepTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
