namespace Actors.Grains.Agents;

/// <summary>The silos that hold sockets, as a numbered view has them.</summary>
/// <param name="number">The view's number; a later view has a higher one.</param>
/// <param name="members">Node ids and generations of the silos in it.</param>
public sealed class AgentView(long number, IReadOnlySet<(int NodeId, int Generation)> members)
{
    /// <summary>The view's number.</summary>
    public long Number => number;

    /// <summary>Node ids and generations of the silos in it.</summary>
    public IReadOnlySet<(int NodeId, int Generation)> Members => members;

    /// <summary>Whether the run of a silo has surely ended: it was a member, and is none any more. Its sockets are closed.</summary>
    public bool HasLost(GatewayRun gateway) =>
        number >= gateway.SinceView && !members.Contains((gateway.NodeId, gateway.Generation));
}
