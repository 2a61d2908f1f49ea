using Actors.Grains.Agents;

namespace Actors.Simulation.Tests.Agents;

/// <summary>The store of peers and tunnels: slow, away for a while, and now and then it does what it was asked without saying so.</summary>
internal sealed class SimTunnelStore(AgentWorld world)
{
    private readonly Dictionary<Guid, PeerRow> _peers = [];
    private readonly Dictionary<(Guid Source, Guid Destination), TunnelRow> _tunnels = [];

    public bool IsAway { get; set; }

    public IEnumerable<TunnelRow> Tunnels => _tunnels.Values;

    /// <summary>Reads what concerns a peer; null when the store is away.</summary>
    public void Read(Guid peer, Action<PeerRows?> done) => world.Time.After(
        world.Chance.Between(0.5, 20),
        () =>
        {
            if (IsAway || Fails())
            {
                world.Time.After(world.Chance.Between(1, 200), () => done(null));
                return;
            }

            // As the rows are now; the answer takes its time.
            var answer = new PeerRows(
                peer,
                _peers.GetValueOrDefault(peer),
                [.. _tunnels.Values.Where(row => row.Source == peer)],
                [.. _tunnels.Values.Where(row => row.Destination == peer)]);
            world.Time.After(world.Chance.Between(0.5, 20), () => done(answer));
        });

    /// <summary>Peers and tunnels are written apart, in any order; when one is not, the other may be.</summary>
    public void Write(PeerEffect.Write write, Action<bool> done)
    {
        Action[] parts = [() => Apply(write.Row), () => Apply(write.Tunnels)];
        var left = parts.Length;
        var areApplied = true;
        foreach (var part in parts)
        {
            world.Time.After(world.Chance.Between(0.5, world.IsTroubled ? 60 : 5), () =>
            {
                if (IsAway || Fails())
                    areApplied = false;
                else
                    part();
                if (--left > 0)
                    return;
                var isSaid = areApplied && !(world.IsTroubled && world.Chance.Of(0.05));
                world.Time.After(world.Chance.Between(0.5, 5), () => done(isSaid));
            });
        }
    }

    private bool Fails() => world.IsTroubled && world.Chance.Of(0.05);

    private void Apply(PeerRow? row)
    {
        if (row is not null && (!_peers.TryGetValue(row.Peer, out var before) || row.Version > before.Version))
            _peers[row.Peer] = row;
    }

    private void Apply(TunnelRow[] tunnels)
    {
        foreach (var tunnel in tunnels)
        {
            var key = (tunnel.Source, tunnel.Destination);
            if (!_tunnels.TryGetValue(key, out var before) || tunnel.State.Version > before.State.Version)
                _tunnels[key] = tunnel;
        }
    }
}
