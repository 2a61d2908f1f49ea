using Orleans;

namespace Actors.Grains.Overview;

/// <summary>The cluster as one silo sees it, with what all its silos report.</summary>
[GenerateSerializer, Immutable, Alias("actors.overview.cluster")]
public sealed record ClusterReport
{
    /// <summary>The number of the view; 0 where the silo stands alone.</summary>
    [Id(0)] public required long View { get; init; }

    /// <summary>The silos by node; of each node the last one.</summary>
    [Id(1)] public required IReadOnlyList<SiloEntry> Silos { get; init; }

    /// <summary>The silos that have answered.</summary>
    public IEnumerable<SiloReport> Reports => Silos.Select(static silo => silo.Report).OfType<SiloReport>();

    /// <summary>The calls of all silos that have answered, by class and method.</summary>
    public IReadOnlyList<CallReport> Calls =>
        [.. Reports.SelectMany(static report => report.Calls)
            .GroupBy(static calls => (calls.Type, calls.Method))
            .Select(static group => group.Aggregate(static (sum, calls) => sum.Add(calls)))
            .OrderBy(static calls => calls.Type, StringComparer.Ordinal)
            .ThenBy(static calls => calls.Method, StringComparer.Ordinal)];

    /// <summary>The grain classes that have activations on a silo that has answered, by name.</summary>
    public IReadOnlyList<string> Types =>
        [.. Reports.SelectMany(static report => report.Classes).Select(static one => one.Type).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The stalls of all silos that have answered, since each started.</summary>
    public long Stalls => Reports.Sum(static report => report.Stalls);
}
