using System.Diagnostics;
using Actors.Bench.Agents.Pairs;

namespace Actors.Bench.Agents;

/// <summary>A server process that the load can be pointed at: the hub or a floor.</summary>
internal interface IAgentsServer : IAsyncDisposable
{
    /// <summary>Where it listens on 127.0.0.1.</summary>
    int Port { get; }

    /// <summary>The process, for its processor time.</summary>
    Process Process { get; }

    /// <summary>What it understands.</summary>
    HubDialect Dialect { get; }

    /// <summary>Bytes of its managed heap that are in use, after a full collection.</summary>
    Task<long> HeapBytesAsync();

    /// <summary>Bytes that it has allocated since its start.</summary>
    Task<long> AllocatedBytesAsync();
}
