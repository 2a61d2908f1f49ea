using Orleans.Runtime;

namespace Actors.Runtime.Cluster;

/// <summary>What calls are routed by, of one moment. Immutable.</summary>
/// <param name="Self">This silo.</param>
/// <param name="NodeId">Its node.</param>
/// <param name="View">The view.</param>
/// <param name="IsQuick">True when every grain whose home is here may be activated.</param>
/// <param name="HasNode">True when grains of this node may be activated: no former run of it has turns any more.</param>
/// <param name="MustTakeRecords">True when an activation that begins takes its stored record before it serves.</param>
internal sealed record ClusterRoutes(SiloAddress Self, int NodeId, ClusterView View, bool IsQuick, bool HasNode, bool MustTakeRecords)
{
    public static ClusterRoutes None { get; } = new(SiloAddress.Zero, -1, ClusterView.Empty, IsQuick: false, HasNode: false, MustTakeRecords: false);
}
