using System.Globalization;
using Orleans;
using Orleans.Concurrency;

namespace Actors.Grains.Overview;

/// <summary>Reports of its silo; there is one on each node.</summary>
[Alias("actors.overview.ISilo")]
public interface ISiloOverviewGrain : IGrainWithStringKey
{
    /// <summary>What the silo is, its activations and its calls.</summary>
    [AlwaysInterleave, ResponseTimeout("00:00:02"), Alias("report")]
    Task<SiloReport> Report();

    /// <summary>A grain's activation on this silo; null when it has none. Wakes nothing.</summary>
    [AlwaysInterleave, ResponseTimeout("00:00:02"), Alias("find")]
    Task<ActivationReport?> Find(string type, string key);

    /// <summary>The key of the one on a node.</summary>
    static string KeyOf(int nodeId) => string.Create(CultureInfo.InvariantCulture, $"overview@{nodeId}");
}
