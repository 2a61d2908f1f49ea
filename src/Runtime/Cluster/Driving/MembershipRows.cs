using Actors.Membership;
using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Cluster;

/// <summary>Translates between the rows of a membership table and views.</summary>
internal static class MembershipRows
{
    /// <summary>The view that a table has. A dead silo that nobody, or itself alone, voted against has left by itself.</summary>
    /// <exception cref="FormatException">A row does not name its node.</exception>
    public static ClusterView ToView(LeasedMembership membership) => new(
        membership.Table.Version.Version,
        [.. membership.Table.Members.Select(row => ToMember(row.Item1, membership.LeaseAges))]);

    /// <summary>The row that a member becomes.</summary>
    /// <param name="member">What it is to be.</param>
    /// <param name="row">The row as it was read, or a new one; it is changed.</param>
    /// <param name="now">By this silo's clock; for people.</param>
    public static void Apply(ViewMember member, MembershipEntry row, DateTimeOffset now)
    {
        row.Status = member.Status;
        row.SuspectTimes = member.Voters.Length == 0 ? null : [.. member.Voters.Select(voter => Tuple.Create(voter, now.UtcDateTime))];
    }

    private static ViewMember ToMember(MembershipEntry row, IReadOnlyDictionary<SiloAddress, TimeSpan> leaseAges)
    {
        SiloNodeName name = SiloNodeName.Parse(row.SiloName);
        return new ViewMember(row.SiloAddress, name.NodeId, row.Status)
        {
            Name = name.Name,
            Voters = row.Status is SiloStatus.Dead ? [.. (row.SuspectTimes ?? []).Select(static vote => vote.Item1)] : [],
            Renewal = row.IAmAliveTime.Ticks,
            StoreLeaseAgeMs = leaseAges.TryGetValue(row.SiloAddress, out TimeSpan age) ? (long)age.TotalMilliseconds : 0,
        };
    }
}
