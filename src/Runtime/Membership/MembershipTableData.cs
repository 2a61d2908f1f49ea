using System.Net;
using Orleans.Runtime;

namespace Orleans;

/// <summary>What was read from a membership table: rows with their ETags, and the table's version, all of one moment.</summary>
public sealed class MembershipTableData
{
    /// <param name="list">The rows; the list is sorted and then belongs to this object.</param>
    public MembershipTableData(List<Tuple<MembershipEntry, string>> list, TableVersion version)
    {
        list.Sort(static (left, right) => Rank(left).CompareTo(Rank(right)) is not 0 and var order
            ? order
            : string.CompareOrdinal(left.Item1.SiloName, right.Item1.SiloName));
        Members = list;
        Version = version;
    }

    public MembershipTableData(Tuple<MembershipEntry, string> tuple, TableVersion version)
    {
        Members = [tuple];
        Version = version;
    }

    public MembershipTableData(TableVersion version)
    {
        Members = [];
        Version = version;
    }

    /// <summary>Rows and their ETags: by name, the dead ones last.</summary>
    public IReadOnlyList<Tuple<MembershipEntry, string>> Members { get; }

    public TableVersion Version { get; }

    /// <summary>A silo's row and its ETag; null when it has none.</summary>
    public Tuple<MembershipEntry, string>? TryGet(SiloAddress silo) => Members.FirstOrDefault(member => member.Item1.SiloAddress.Equals(silo));

    /// <summary>The same without those dead silos that have a dead successor at their endpoint.</summary>
    public MembershipTableData WithoutDuplicateDeads()
    {
        var last = new Dictionary<IPEndPoint, int>();
        foreach (MembershipEntry dead in Members.Select(static member => member.Item1).Where(static entry => entry.Status == SiloStatus.Dead))
        {
            SiloAddress silo = dead.SiloAddress;
            last[silo.Endpoint] = Math.Max(silo.Generation, last.GetValueOrDefault(silo.Endpoint, silo.Generation));
        }

        return new MembershipTableData(
            [.. Members.Where(member => member.Item1.Status != SiloStatus.Dead || last[member.Item1.SiloAddress.Endpoint] == member.Item1.SiloAddress.Generation)],
            Version);
    }

    public override string ToString()
    {
        IEnumerable<string> counts = Members.GroupBy(static member => member.Item1.Status).OrderBy(static group => group.Key).Select(static group => $"{group.Count()} {group.Key}");
        return $"{Members.Count} silos ({string.Join(", ", counts)}), version {Version}: {string.Join("; ", Members.Select(static member => member.Item1))}";
    }

    private static int Rank(Tuple<MembershipEntry, string> member) => member.Item1.Status == SiloStatus.Dead ? 1 : 0;
}
