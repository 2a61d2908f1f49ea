using Actors.Agents;

namespace Actors.Grains.Agents;

/// <summary>Something that a <see cref="PeerMachine"/> wants done. None is waited for inside a turn.</summary>
public abstract record PeerEffect
{
    private PeerEffect()
    {
    }

    /// <summary>Calls another peer's grain; <see cref="PeerMachine.PushEnded"/> follows, with its answer or without.</summary>
    public sealed record Push(Guid To, PeerPush State) : PeerEffect;

    /// <summary>Calls the gateway; <see cref="PeerMachine.ShowEnded"/> follows.</summary>
    public sealed record Show(GatewayRun Gateway, PeerShow Shown) : PeerEffect;

    /// <summary>Tells a gateway to close a connection, once.</summary>
    public sealed record Drop(GatewayRun Gateway, long Epoch, AgentCloseCode Code) : PeerEffect;

    /// <summary>Asks a gateway whether it holds a peer's connection; <see cref="PeerMachine.GatewayAnswered"/> follows if it answers.</summary>
    public sealed record Ask(GatewayRun Gateway, Guid Peer, long Epoch) : PeerEffect;

    /// <summary>Says that a tunnel to this peer is not taken, because so many are that there is no room; nothing follows.</summary>
    public sealed record Refused(Guid From, int Incoming) : PeerEffect;

    /// <summary>Reads what the store has of this peer; <see cref="PeerMachine.ReadEnded"/> follows. One until it has succeeded, so all are equal.</summary>
    public sealed record Read : PeerEffect;

    /// <summary>Writes to the store, each row by its version; <see cref="PeerMachine.WriteEnded"/> follows.</summary>
    public sealed record Write(PeerRow? Row, TunnelRow[] Tunnels) : PeerEffect;
}
