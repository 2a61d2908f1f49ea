using Actors.Membership;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Actors.Placement;

/// <summary>Finds the active silo whose name carries the node of a grain's key. Safe for use from any thread.</summary>
/// <param name="membership">The silos, with their names (<see cref="SiloNodeName"/>).</param>
public sealed class NodeInKeyDirector(IClusterMembershipService membership) : IPlacementDirector
{
    /// <inheritdoc/>
    /// <exception cref="SiloUnavailableException">No active silo is the node's, or the key names none.</exception>
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        if (!NodeInKey.TryParse(target.GrainIdentity.Key.AsSpan(), out var nodeId))
            return Refuse($"The key of {target.GrainIdentity} names no node: expected a name, an @ and a node id.");
        foreach (var member in membership.CurrentSnapshot.Members.Values)
        {
            if (member.Status == SiloStatus.Active && SiloNodeName.TryParse(member.Name, out var name) && name.NodeId == nodeId)
                return Task.FromResult(member.SiloAddress);
        }

        return Refuse($"{target.GrainIdentity} lives on node {nodeId}, and no active silo is that node now.");
    }

    private static Task<SiloAddress> Refuse(string sentence) => Task.FromException<SiloAddress>(new SiloUnavailableException(sentence));
}
