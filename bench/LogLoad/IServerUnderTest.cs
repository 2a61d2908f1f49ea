using System.Diagnostics;

namespace Actors.Bench.LogLoad;

/// <summary>A server process that a load can be pointed at: the floor or the silo.</summary>
internal interface IServerUnderTest : IAsyncDisposable
{
    /// <summary>Where it listens on 127.0.0.1.</summary>
    int Port { get; }

    /// <summary>The process, for its processor time and bytes written.</summary>
    Process Process { get; }

    /// <summary>Requests of the given shape, as this server understands them.</summary>
    WireLoad Wire(LogShape shape);

    /// <summary>How often it has synced its log so far.</summary>
    Task<double> SyncsAsync();

    /// <summary>How many checkpoints it has made so far; infinity for a server that makes none.</summary>
    Task<double> CheckpointsAsync();
}
