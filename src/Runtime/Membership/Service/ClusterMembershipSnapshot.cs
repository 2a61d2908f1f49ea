using System.Collections.Immutable;

namespace Orleans.Runtime;

/// <summary>All silos of the cluster, of one version. Immutable.</summary>
[Immutable]
public sealed class ClusterMembershipSnapshot
{
    public ClusterMembershipSnapshot(ImmutableDictionary<SiloAddress, ClusterMember> members, MembershipVersion version)
    {
        Members = members;
        Version = version;
    }

    /// <summary>The silos, those that are dead and not yet forgotten included.</summary>
    public ImmutableDictionary<SiloAddress, ClusterMember> Members { get; }

    public MembershipVersion Version { get; }

    /// <summary>What a silo is doing. One that is not in the table is dead when the same endpoint has a younger one, and none otherwise.</summary>
    public SiloStatus GetSiloStatus(SiloAddress silo)
    {
        ArgumentNullException.ThrowIfNull(silo);
        return Members.TryGetValue(silo, out ClusterMember? member) ? member.Status
            : Members.Keys.Any(other => other.Endpoint.Equals(silo.Endpoint) && other.Generation > silo.Generation) ? SiloStatus.Dead
            : SiloStatus.None;
    }

    public override string ToString() => $"{Version}: {string.Join(", ", Members.Values)}";
}
