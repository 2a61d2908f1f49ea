using Orleans;

namespace Actors.Bench.Cluster.Failover;

/// <summary>Says where it lives.</summary>
[Alias("bench.IHomeGrain")]
public interface IHomeGrain : IGrainWithStringKey
{
    /// <summary>The number of the node that it lives on now.</summary>
    [Alias("Home")]
    Task<int> Home();
}
