using Actors.Grains.Agents;

namespace Actors.Simulation.Tests.Agents;

/// <summary>An activation of a peer's grain: the machine, and a driver that does what it decides.</summary>
internal sealed class SimPeerGrain
{
    private readonly AgentWorld _world;
    private double _armedForMs = double.MaxValue;

    public SimPeerGrain(AgentWorld world, SimAgentSilo silo, Guid id)
    {
        _world = world;
        Silo = silo;
        Machine = new PeerMachine(id, world.PeerOptions, silo.View, new Random(world.Chance.Below(int.MaxValue)));
        world.Note($"{this} is activated");
        Machine.Tick(world.Now);
        Drive();
    }

    public SimAgentSilo Silo { get; }

    public PeerMachine Machine { get; }

    public bool IsOver { get; set; }

    public override string ToString() => $"grain of {_world.UserOf(Machine.Id)} on {Silo.Run}";

    public T Do<T>(Func<PeerMachine, PeerNow, T> command)
    {
        var answer = command(Machine, _world.Now);
        Drive();
        return answer;
    }

    public void Do(Action<PeerMachine, PeerNow> command)
    {
        if (IsOver)
            return;
        command(Machine, _world.Now);
        Drive();
    }

    private void Drive()
    {
        foreach (var effect in Machine.TakeEffects())
        {
            if (_world.Keeps)
                _world.Note($"{this}: {Text(effect)}");
            Perform(effect);
        }

        var nextMs = (double)Machine.NextTickMs;
        if (nextMs >= _armedForMs || Machine.NextTickMs == PeerMachine.Never)
            return;
        _armedForMs = nextMs;
        _world.Time.After(nextMs - _world.Time.NowMs, () =>
        {
            if (IsOver || _armedForMs < nextMs)
                return;
            _armedForMs = double.MaxValue;
            Do((machine, now) => machine.Tick(now));
            if (Machine.NextTickMs <= (long)_world.Time.NowMs)
                throw _world.Broken($"{_world.UserOf(Machine.Id)} wants a tick at {Machine.NextTickMs} ms again.");
        });
    }

    private string Text(PeerEffect effect) => effect switch
    {
        PeerEffect.Push push => $"tells {_world.UserOf(push.To)} {Text(push.State)}",
        PeerEffect.Show show => $"shows {string.Join(", ", show.Shown.Slots.Select(slot => $"{_world.UserOf(slot.Peer)} {slot.Sight} {slot.Version}"))}",
        _ => effect.ToString(),
    };

    private static string Text(PeerPush push) =>
        $"{push.Announcement.Kind} {push.Announcement.Version}, tunnel {push.Tunnel}, knows {push.KnownTunnel} of epoch {push.KnownEpoch}{(push.IsComplete ? ", complete" : "")}";

    private void Perform(PeerEffect effect)
    {
        switch (effect)
        {
            case PeerEffect.Push push:
                _world.Pushes++;
                Silo.Call(push.To, grain => grain.Do((machine, now) => machine.Receive(push.State, now)), answer =>
                {
                    if (_world.Keeps)
                        _world.Note($"{this} is told by {_world.UserOf(push.To)}: {(answer is null ? "nothing" : Text(answer))}");
                    Do((machine, now) => machine.PushEnded(push, answer, now));
                });
                break;
            case PeerEffect.Show show:
                Silo.CallGateway(show.Gateway, gateway => (ShowOutcome?)gateway.Show(show.Gateway, Machine.Id, show.Shown), outcome =>
                    Do((machine, now) => machine.ShowEnded(show.Shown, outcome, now)));
                break;
            case PeerEffect.Drop drop:
                Silo.CallGateway(drop.Gateway, gateway => (bool?)gateway.Drop(drop.Gateway, Machine.Id, drop.Epoch), static _ => { });
                break;
            case PeerEffect.Ask ask:
                Silo.CallGateway(ask.Gateway, gateway => (bool?)gateway.Holds(ask.Gateway, ask.Peer, ask.Epoch), isHeld =>
                    Do((machine, now) => machine.GatewayAnswered(ask.Peer, ask.Epoch, isHeld ?? true, now)));
                break;
            case PeerEffect.Read:
                _world.Store.Read(Machine.Id, rows => Do((machine, now) => machine.ReadEnded(rows, now)));
                break;
            case PeerEffect.Write write:
                _world.Store.Write(write, isDone => Do((machine, now) => machine.WriteEnded(write, isDone, now)));
                break;
        }
    }
}
