using Orleans;
using Orleans.Concurrency;

namespace Actors.Runtime.Cluster;

/// <summary>One per node. Its turn shows that grains run on the silo.</summary>
[Alias("sys.IProbe")]
internal interface IProbeGrain : IGrainWithStringKey
{
    [AlwaysInterleave]
    [Alias("Turn")]
    Task Turn();
}
