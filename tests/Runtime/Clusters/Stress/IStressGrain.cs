using Orleans;

namespace Actors.Runtime.Tests.Clusters.Stress;

[Alias("test.IStress")]
public interface IStressGrain : IGrainWithStringKey
{
    /// <summary>Adds one to the stored count; gives what it is then.</summary>
    [Alias("Add")]
    Task<long> Add();
}
