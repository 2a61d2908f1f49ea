namespace Actors.Grains.Agents;

/// <summary>Reads and writes of peers' rows that share queries and statements: queriers read up to 50 peers at a time, binders write connections, tunnelers write tunnels.</summary>
public sealed class PeerLookups : IAgentPeerLookups
{
    /// <summary>Requests of each kind that may wait: more than a silo has peers.</summary>
    private const int MaxWaiting = 65_536;

    private readonly WorkerLane<Guid, bool, PeerRows> _queriers;
    private readonly WorkerLane<Guid, PeerRow, bool> _binders;
    private readonly WorkerLane<Guid, TunnelRow[], bool> _tunnelers;

    /// <param name="store">Where the rows are.</param>
    /// <param name="options">How many of each run at once.</param>
    public PeerLookups(IAgentPeerRows store, WorkerOptions options)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        var counts = options.Effective();
        _queriers = new("read peers", counts.QuerierWorkers, IAgentPeerRows.MaxPeers, MaxWaiting, async requests =>
        {
            var rows = await store.ReadAsync([.. requests.Select(static request => request.Key).Distinct()], CancellationToken.None);
            var byPeer = rows.ToDictionary(static row => row.Peer);
            return peer => byPeer[peer];
        });
        _binders = new("write peers", counts.BinderWorkers, IAgentPeerRows.MaxPeers, MaxWaiting, async requests =>
        {
            foreach (var rows in requests.Select(static request => request.Request).Chunk(IAgentPeerRows.MaxRows))
                await store.WritePeersAsync(rows, CancellationToken.None);
            return static _ => true;
        });
        _tunnelers = new("write tunnels", counts.TunnelerWorkers, IAgentPeerRows.MaxPeers, MaxWaiting, async requests =>
        {
            foreach (var rows in requests.SelectMany(static request => request.Request).Chunk(IAgentPeerRows.MaxRows))
                await store.WriteTunnelsAsync(rows, CancellationToken.None);
            return static _ => true;
        });
    }

    /// <inheritdoc/>
    public Task<PeerRows> ReadAsync(Guid peer, CancellationToken token) => _queriers.AskAsync(peer, true, token);

    /// <inheritdoc/>
    public Task WriteAsync(PeerEffect.Write write, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(write);
        var peer = write.Row is { } row ? _binders.AskAsync(row.Peer, row, token) : Task.CompletedTask;
        var tunnels = write.Tunnels.Length > 0 ? _tunnelers.AskAsync(write.Tunnels[0].Source, write.Tunnels, token) : Task.CompletedTask;
        return Task.WhenAll(peer, tunnels);
    }
}
