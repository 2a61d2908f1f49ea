namespace Actors.Runtime.Cluster;

/// <summary>
/// What this silo knows of its cluster, for those who show it or decide by it: readiness, the overview, placement of other things
/// than grains. Registered where the silo is a member of a cluster; a silo that stands alone has none.
/// </summary>
/// <remarks>Safe for use from any thread. Reading costs one field; what is read never changes. Changes are told by Orleans'
/// <see cref="Orleans.Runtime.IClusterMembershipService"/>.</remarks>
public interface IClusterState
{
    /// <summary>What is true now.</summary>
    ClusterReading Now { get; }
}
