using Actors.Placement;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Actors.Grains.Overview;

/// <summary>The silos of the cluster, as this one knows them: from memory, at once, on any thread.</summary>
public sealed class ClusterMembers(IServiceProvider services, ILocalSiloDetails self, ISiloDescriber describer)
{
    /// <summary>The view's number and its silos by node, of each node the last one; this silo is always among them.</summary>
    /// <returns>View 0 where the silo stands alone, or has seen no view yet.</returns>
    public (long View, IReadOnlyList<MemberSilo> Silos) Read()
    {
        var own = describer.Describe();
        var me = new MemberSilo(own.Name, own.NodeId, self.SiloAddress, SiloStatus.Joining);
        if (services.GetService<IClusterMembershipService>() is not { } membership) return (0, [me with { Status = SiloStatus.Active }]);
        var snapshot = membership.CurrentSnapshot;
        var silos = new SortedDictionary<int, MemberSilo> { [me.NodeId] = me };
        foreach (var member in snapshot.Members.Values.OrderBy(static member => member.SiloAddress.Generation))
        {
            if (member.SiloAddress.Equals(self.SiloAddress))
            {
                silos[me.NodeId] = me with { Status = member.Status };
            }
            else if (NodeInKey.TryParse(member.Name, out var nodeId) && nodeId != me.NodeId)
            {
                silos[nodeId] = new(member.Name[..member.Name.LastIndexOf('@')], nodeId, member.SiloAddress, member.Status);
            }
        }

        return (snapshot.Version.Value, [.. silos.Values]);
    }
}
