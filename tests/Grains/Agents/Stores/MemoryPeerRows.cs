using Actors.Grains.Agents;
using Actors.Grains.Topics;

namespace Actors.Grains.Tests.Agents;

/// <summary>Rows of peers in memory, which several silos of a test may share; it can be away for a while. Safe to use from any thread.</summary>
internal sealed class MemoryPeerRows : IAgentPeerRows
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, PeerRow> _peers = [];
    private readonly Dictionary<(Guid Source, Guid Destination), TunnelRow> _tunnels = [];
    private int _reads;
    private int _writes;

    /// <summary>Whether every call fails.</summary>
    public bool IsAway { get; set; }

    /// <summary>Queries for rows so far.</summary>
    public int Reads => Volatile.Read(ref _reads);

    /// <summary>Statements that wrote rows so far.</summary>
    public int Writes => Volatile.Read(ref _writes);

    public Task<IReadOnlyList<PeerRows>> ReadAsync(IReadOnlyList<Guid> peers, CancellationToken token)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(peers.Count, IAgentPeerRows.MaxPeers);
        Interlocked.Increment(ref _reads);
        return Locked<IReadOnlyList<PeerRows>>("read peers", () =>
        [
            .. peers.Select(peer => new PeerRows(
                peer,
                _peers.GetValueOrDefault(peer),
                [.. _tunnels.Values.Where(row => row.Source == peer)],
                [.. _tunnels.Values.Where(row => row.Destination == peer)])),
        ]);
    }

    public Task WritePeersAsync(IReadOnlyList<PeerRow> rows, CancellationToken token)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows.Count, IAgentPeerRows.MaxRows);
        Interlocked.Increment(ref _writes);
        return Locked("write peers", () => rows.Count(row =>
        {
            if (_peers.TryGetValue(row.Peer, out var stored) && stored.Version >= row.Version)
                return false;
            _peers[row.Peer] = row;
            return true;
        }));
    }

    public Task WriteTunnelsAsync(IReadOnlyList<TunnelRow> rows, CancellationToken token)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows.Count, IAgentPeerRows.MaxRows);
        Interlocked.Increment(ref _writes);
        return Locked("write tunnels", () => rows.Count(row =>
        {
            var key = (row.Source, row.Destination);
            if (_tunnels.TryGetValue(key, out var stored) && stored.State.Version >= row.State.Version)
                return false;
            _tunnels[key] = row;
            return true;
        }));
    }

    public Task<IReadOnlyList<Guid>> ListLiveElsewhereAsync(IReadOnlyCollection<GatewayRun> living, Guid? after, int max, CancellationToken token) =>
        Locked<IReadOnlyList<Guid>>("read peers of silos that ended", () =>
        [
            .. _peers.Values
                .Where(row => !row.Version.IsEnd && row.Peer.CompareTo(after ?? Guid.Empty) > 0)
                .Where(row => !living.Any(run => run.NodeId == row.Gateway.NodeId && run.Generation == row.Gateway.Generation))
                .Select(row => row.Peer).Order().Take(max),
        ]);

    public Task<int> RemoveExpiredAsync(PeerExpiry expiry, int maxRows, CancellationToken token) => Locked("remove old peers", () =>
    {
        var tunnels = _tunnels.Values.Where(row => IsExpired(row, expiry)).Take(maxRows).ToArray();
        foreach (var row in tunnels)
            _tunnels.Remove((row.Source, row.Destination));
        var peers = _peers.Values
            .Where(row => row.Version.IsEnd && row.ChangedAtUtcMs < expiry.EndedBeforeUtcMs && !_tunnels.Keys.Any(key => key.Source == row.Peer))
            .Take(maxRows).ToArray();
        foreach (var row in peers)
            _peers.Remove(row.Peer);
        return tunnels.Length + peers.Length;
    });

    private bool IsExpired(TunnelRow row, PeerExpiry expiry)
    {
        if (!row.State.IsOpen && row.ChangedAtUtcMs < expiry.ClosedBeforeUtcMs)
            return true;
        return _peers.TryGetValue(row.Source, out var peer)
            ? peer.Version.IsEnd && peer.ChangedAtUtcMs < expiry.EndedBeforeUtcMs && row.State.Version.Epoch <= peer.Version.Epoch
            : row.ChangedAtUtcMs < expiry.EndedBeforeUtcMs;
    }

    private Task<T> Locked<T>(string operation, Func<T> work)
    {
        if (IsAway)
            return Task.FromException<T>(new AgentStoreException(operation, StoreOutcome.Unknown, isRefusal: false, "the store is away."));
        lock (_gate)
            return Task.FromResult(work());
    }
}
