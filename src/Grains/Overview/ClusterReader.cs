using Orleans;
using Orleans.Runtime;

namespace Actors.Grains.Overview;

/// <summary>Reads the cluster for those who show it. There is an answer even while grains cannot be called on this silo.</summary>
public sealed class ClusterReader(IGrainFactory grains, ClusterMembers members, ISiloDescriber describer, ILocalSiloDetails self)
{
    private IClusterOverview Overview => grains.GetGrain<IClusterOverview>(IClusterOverview.KeyOf(describer.Describe().NodeId));

    /// <summary>The cluster with what all its silos report; only what this silo knows by itself when its grains do not answer.</summary>
    public async Task<ClusterReport> ReadAsync()
    {
        try
        {
            return await Overview.Read();
        }
        catch (Exception failure) when (failure is TimeoutException or OrleansException)
        {
            return ReadOwn();
        }
    }

    /// <summary>What this silo knows without asking anybody, at once.</summary>
    public ClusterReport ReadOwn()
    {
        var (view, silos) = members.Read();
        return new()
        {
            View = view,
            Silos = [.. silos.Select(silo => EntryOf(silo, silo.Address.Equals(self.SiloAddress) ? new() { Silo = describer.Describe(), Address = self.SiloAddress.ToString() } : null))],
        };
    }

    /// <summary>One grain; null when no class is called so.</summary>
    /// <exception cref="TimeoutException">Grains do not answer on this silo; so does every <see cref="OrleansException"/> say.</exception>
    public Task<GrainReport?> DescribeAsync(string type, string key) => Overview.Describe(type, key);

    /// <summary>A silo as its report has it, or else as the view has it.</summary>
    internal static SiloEntry EntryOf(MemberSilo silo, SiloReport? report)
    {
        var status = report?.Silo.Status ?? SiloStates.Of(silo.Status);
        return new()
        {
            Name = report?.Silo.Name ?? silo.Name,
            NodeId = silo.NodeId,
            Address = silo.Address.ToString(),
            Status = status,
            Reasons = report?.Silo.Reasons ?? (status == SiloStates.Unreachable ? ["it does not answer the silo that was asked"] : []),
            Report = report,
        };
    }
}
