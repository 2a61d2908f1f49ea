using Actors.Agents;
using Microsoft.Extensions.Logging;

namespace Actors.Grains.Agents;

/// <summary>
/// What a silo writes of agents, on its way to the store: a place for each agent, connection and value, so that what comes often takes no
/// more room than what came last. Safe to use from any thread.
/// </summary>
public sealed class AgentWriter : IAgentPresence, IAgentReports, IAsyncDisposable
{
    private readonly Batcher<Guid, AgentRow> _agents;
    private readonly Batcher<Guid, HeartbeatRow> _heartbeats;
    private readonly Batcher<ConnectionKey, ConnectionRow> _connections;
    private readonly Batcher<MetadataKey, MetadataRow> _metadata;

    /// <param name="agents">Where agents and heartbeats go.</param>
    /// <param name="connections">Where connections go.</param>
    /// <param name="metadata">Where values go.</param>
    /// <param name="options">When they are written together.</param>
    /// <param name="metrics">Told what becomes of rows.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Told when the store fails.</param>
    public AgentWriter(
        IAgentRows agents, IAgentConnectionLog connections, IAgentMetadata metadata, AgentWriterOptions options, BatchMetrics metrics, TimeProvider time, ILogger<AgentWriter> log)
    {
        ArgumentNullException.ThrowIfNull(agents);
        ArgumentNullException.ThrowIfNull(connections);
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(options);
        // Written as soon as nothing is under way; what comes meanwhile shares the next statement.
        _agents = new("agents", options.Batch(maxAgeMs: 0), agents.WriteAsync, metrics, time, log);
        _heartbeats = new("heartbeats", options.Batch(options.HeartbeatFlushMs), agents.WriteHeartbeatsAsync, metrics, time, log);
        _connections = new("connections", options.Batch(options.ConnectionLogFlushMs), connections.WriteAsync, metrics, time, log);
        _metadata = new("metadata", options.Batch(options.MetadataFlushMs), metadata.WriteAsync, metrics, time, log);
    }

    /// <summary>Whether a statement is under way.</summary>
    internal bool IsWriting => _agents.IsWriting || _heartbeats.IsWriting || _connections.IsWriting || _metadata.IsWriting;

    /// <inheritdoc/>
    public void Connected(Guid agent, long epoch, long atUtcMs)
    {
        _heartbeats.Remove(agent);
        _agents.Put(AgentRow.Connected(agent, epoch, atUtcMs));
    }

    /// <inheritdoc/>
    /// <remarks>While the connection itself waits for a store that is away, its sign of life waits with it: the store takes none before.</remarks>
    public void Alive(Guid agent, long epoch, long atUtcMs)
    {
        if (!_agents.TryMerge(AgentRow.Connected(agent, epoch, atUtcMs)))
            _heartbeats.Put(new(agent, epoch, atUtcMs));
    }

    /// <inheritdoc/>
    public void Disconnected(Guid agent, long epoch, long atUtcMs)
    {
        _heartbeats.Remove(agent);
        _agents.Put(AgentRow.Disconnected(agent, epoch, atUtcMs));
    }

    /// <inheritdoc/>
    public void Lifecycle(Guid agent, AgentLifecycle state, long atUtcMs) => _agents.Put(AgentRow.Said(agent, state, atUtcMs));

    /// <inheritdoc/>
    public void Connection(ConnectionRow row) => _connections.Put(row);

    /// <inheritdoc/>
    public void Metadata(MetadataRow row) => _metadata.Put(row);

    /// <summary>Takes nothing more, and writes what waits.</summary>
    /// <param name="giveUp">Ends the waiting; what is not written by then is counted as lost.</param>
    public Task StopAsync(CancellationToken giveUp) =>
        Task.WhenAll(_agents.StopAsync(giveUp), _heartbeats.StopAsync(giveUp), _connections.StopAsync(giveUp), _metadata.StopAsync(giveUp));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _agents.DisposeAsync();
        await _heartbeats.DisposeAsync();
        await _connections.DisposeAsync();
        await _metadata.DisposeAsync();
    }
}
