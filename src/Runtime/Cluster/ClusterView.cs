using Actors.Placement;
using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Cluster;

/// <summary>
/// A numbered list of silos. The store's compare-and-set makes the numbers a sequence: two views of one number are the same.
/// Immutable.
/// </summary>
[GenerateSerializer, Immutable, Alias("cluster.view")]
internal sealed record ClusterView(
    [property: Id(0)] long Version,
    [property: Id(1)] ViewMember[] Members)
{
    [NonSerialized]
    private int[]? _placeable;

    /// <summary>The view before the first: nobody is a member.</summary>
    public static ClusterView Empty { get; } = new(0, []);

    private int[] Placeable => _placeable ??= [.. Members.Where(static member => member.IsPlaceable).Select(static member => member.NodeId)];

    public ViewMember? Find(SiloAddress silo)
    {
        foreach (ViewMember member in Members)
        {
            if (member.Silo.Equals(silo))
            {
                return member;
            }
        }

        return null;
    }

    public bool IsHolder(SiloAddress silo) => Find(silo) is { IsHolder: true };

    public bool IsLive(SiloAddress silo) => Find(silo) is { IsLive: true };

    public bool IsDead(SiloAddress silo) => Find(silo) is { IsLive: false };

    /// <summary>True when a run of the same node that is not dead has the endpoint: it listens there since before it joined, so the dead one runs no more.</summary>
    public bool IsReplaced(ViewMember dead)
    {
        foreach (ViewMember member in Members)
        {
            if (member.IsLive && member.NodeId == dead.NodeId && member.Silo.Endpoint.Equals(dead.Silo.Endpoint))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The silo on which a grain lives; null when no silo takes grains.</summary>
    public SiloAddress? HomeOf(GrainId grain) => Placeable.Length == 0 ? null : OnNode(RendezvousHash.Choose(grain, Placeable));

    /// <summary>The silo of a node that takes grains; null when that node is away.</summary>
    public SiloAddress? OnNode(int nodeId)
    {
        foreach (ViewMember member in Members)
        {
            if (member.NodeId == nodeId && member.IsPlaceable)
            {
                return member.Silo;
            }
        }

        return null;
    }

    /// <summary>The next view, in which one member is another; added when it is new.</summary>
    public ClusterView With(ViewMember changed) =>
        new(Version + 1, [.. Members.Where(member => !member.Silo.Equals(changed.Silo)), changed]);
}
