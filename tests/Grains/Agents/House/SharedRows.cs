using Actors.Grains.Agents;
using Actors.Grains.Topics;

namespace Actors.Grains.Tests.Agents.House;

/// <summary>The rows of all peers, in memory; they can be away.</summary>
internal sealed class SharedRows : IAgentPeerLookups
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, PeerRow> _peers = [];
    private readonly Dictionary<(Guid Source, Guid Destination), TunnelRow> _tunnels = [];

    public bool IsAway { get; set; }

    public PeerRow? RowOf(Guid peer)
    {
        lock (_gate)
            return _peers.GetValueOrDefault(peer);
    }

    /// <summary>Who has an open tunnel to a peer, computed from all rows.</summary>
    public HashSet<Guid> SourcesOf(Guid peer)
    {
        lock (_gate)
            return [.. _tunnels.Values.Where(row => row.Destination == peer && row.State.IsOpen).Select(row => row.Source)];
    }

    public Task<PeerRows> ReadAsync(Guid peer, CancellationToken token)
    {
        lock (_gate)
        {
            return IsAway
                ? Task.FromException<PeerRows>(Away("read peers"))
                : Task.FromResult(new PeerRows(
                    peer,
                    _peers.GetValueOrDefault(peer),
                    [.. _tunnels.Values.Where(row => row.Source == peer)],
                    [.. _tunnels.Values.Where(row => row.Destination == peer)]));
        }
    }

    public Task WriteAsync(PeerEffect.Write write, CancellationToken token)
    {
        lock (_gate)
        {
            if (IsAway)
                return Task.FromException(Away("write peers"));
            if (write.Row is { } row && (!_peers.TryGetValue(row.Peer, out var before) || row.Version > before.Version))
                _peers[row.Peer] = row;
            foreach (var tunnel in write.Tunnels)
            {
                var key = (tunnel.Source, tunnel.Destination);
                if (!_tunnels.TryGetValue(key, out var old) || tunnel.State.Version > old.State.Version)
                    _tunnels[key] = tunnel;
            }

            return Task.CompletedTask;
        }
    }

    private static AgentStoreException Away(string operation) => new(operation, StoreOutcome.NotApplied, isRefusal: false, "the test has taken it away");
}
