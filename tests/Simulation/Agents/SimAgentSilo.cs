using Actors.Grains.Agents;

namespace Actors.Simulation.Tests.Agents;

/// <summary>One run of a silo: the grains that are activated on it, and the sockets that it holds.</summary>
internal sealed class SimAgentSilo(AgentWorld world, int nodeId, int generation)
{
    private const double TimeoutMs = 500;

    private readonly Dictionary<Guid, SimSocket> _sockets = [];

    public int NodeId => nodeId;

    public (int NodeId, int Generation) Run => (nodeId, generation);

    public Dictionary<Guid, SimPeerGrain> Grains { get; } = [];

    public AgentView View { get; set; } = new(0, new HashSet<(int, int)>());

    public bool IsDead { get; private set; }

    /// <summary>It takes no sockets any more.</summary>
    public bool IsStopping { get; set; }

    public GatewayRun Gateway => new(nodeId, generation, View.Number);

    public IEnumerable<SimSocket> Sockets => _sockets.Values;

    /// <summary>The process is gone, and everything in it.</summary>
    public void Die()
    {
        IsDead = true;
        foreach (var grain in Grains.Values)
            grain.IsOver = true;
        Grains.Clear();
        foreach (var socket in _sockets.Values.ToArray())
            socket.Cut();
        _sockets.Clear();
    }

    public void Install(AgentView view)
    {
        if (IsDead || view.Number <= View.Number)
            return;
        View = view;
        foreach (var grain in Grains.Values.ToArray())
            grain.Do((machine, now) => machine.ViewChanged(view, now));
        foreach (var socket in _sockets.Values.ToArray())
            socket.Do(session => session.RenewSoon((long)world.Time.NowMs, 500));
    }

    /// <summary>Calls a peer's grain, wherever it is; <paramref name="done"/> gets null when it is not known what became of it.</summary>
    public void Call<T>(Guid peer, Func<SimPeerGrain, T> call, Action<T?> done)
        where T : class => Send(
            () => world.Home(peer),
            home => home.Grains.TryGetValue(peer, out var grain) ? call(grain) : call(home.Grains[peer] = new SimPeerGrain(world, home, peer)),
            done);

    public void CallGateway<T>(GatewayRun gateway, Func<SimAgentSilo, T?> call, Action<T?> done)
        where T : struct => Send(
            () => world.LiveSilos.FirstOrDefault(silo => silo.NodeId == gateway.NodeId),
            silo => (object?)call(silo),
            answer => done((T?)answer));

    public void Accept(SimSocket socket)
    {
        if (_sockets.Remove(socket.User.Id, out var before))
            before.Close(isGoodbye: false);
        _sockets.Add(socket.User.Id, socket);
    }

    public void Forget(SimSocket socket)
    {
        if (_sockets.GetValueOrDefault(socket.User.Id) == socket)
            _sockets.Remove(socket.User.Id);
    }

    public ShowOutcome Show(GatewayRun gateway, Guid peer, PeerShow show) =>
        gateway.Generation == generation && _sockets.TryGetValue(peer, out var socket) ? socket.Show(show) : ShowOutcome.NotHeld;

    public bool Holds(GatewayRun gateway, Guid peer, long epoch)
    {
        if (!IsHeld(gateway, peer, epoch))
            return false;
        _sockets[peer].Do(session => session.RenewSoon((long)world.Time.NowMs, 0));
        return true;
    }

    public bool Drop(GatewayRun gateway, Guid peer, long epoch)
    {
        if (IsHeld(gateway, peer, epoch))
            _sockets[peer].Close(isGoodbye: false);
        return true;
    }

    private bool IsHeld(GatewayRun gateway, Guid peer, long epoch) =>
        gateway.Generation == generation && _sockets.TryGetValue(peer, out var socket) && socket.Epoch == epoch;

    /// <summary>A message there and an answer back. Either may be lost or slow; what is slow may be done after the caller has given up.</summary>
    private void Send<T>(Func<SimAgentSilo?> find, Func<SimAgentSilo, T> call, Action<T?> done)
        where T : class?
    {
        if (IsDead)
            return;
        var isOver = false;
        void End(T? answer)
        {
            if (isOver || IsDead)
                return;
            isOver = true;
            done(answer);
        }

        world.Time.After(TimeoutMs, () => End(null));
        if (world.Loses())
            return;
        world.Time.After(world.DelayMs(), () =>
        {
            if (find() is not { IsDead: false } silo)
                return;
            var answer = call(silo);
            if (!world.Loses())
                world.Time.After(world.DelayMs(), () => End(answer));
        });
    }
}
