using System.Globalization;
using Orleans;
using Orleans.Concurrency;

namespace Actors.Grains.Overview;

/// <summary>
/// Adds up what all silos report. There is one on each node, so that whoever asks any silo has an answer, whatever has become of the
/// others; a silo that does not answer within two seconds is shown as the view has it.
/// </summary>
[Alias("actors.overview.ICluster")]
public interface IClusterOverview : IGrainWithStringKey
{
    /// <summary>The cluster; the answer may be a second old.</summary>
    [AlwaysInterleave, ResponseTimeout("00:00:03"), Alias("read")]
    Task<ClusterReport> Read();

    /// <summary>One grain: its home, its activation and its stored state. Wakes nothing.</summary>
    /// <param name="type">The name of its class.</param>
    /// <param name="key">Its key.</param>
    /// <returns>Null when no class is called so.</returns>
    [AlwaysInterleave, ResponseTimeout("00:00:03"), Alias("describe")]
    Task<GrainReport?> Describe(string type, string key);

    /// <summary>The key of the one on a node.</summary>
    static string KeyOf(int nodeId) => string.Create(CultureInfo.InvariantCulture, $"cluster@{nodeId}");
}
