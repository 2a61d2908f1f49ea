using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Actors.Runtime.Management;

/// <summary>What the management grain asks of one silo: there is one on each node, whose number its key names.</summary>
/// <remarks>Each answer is given within two seconds or counts as none: one silo that is stuck must not keep the others' figures back.</remarks>
[Alias("sys.ISiloControl")]
internal interface ISiloControlGrain : IGrainWithStringKey
{
    /// <summary>How many activations each grain class has here; classes without one are left out.</summary>
    [AlwaysInterleave, ResponseTimeout("00:00:02"), Alias("Count")]
    Task<SimpleGrainStatistic[]> Count();

    /// <summary>The activations here, of all classes or of those that are named.</summary>
    [AlwaysInterleave, ResponseTimeout("00:00:02"), Alias("List")]
    Task<DetailedGrainStatistic[]> List(string[]? types);

    /// <summary>Whether a grain is active here.</summary>
    [AlwaysInterleave, ResponseTimeout("00:00:02"), Alias("Has")]
    Task<bool> Has(GrainId grain);

    /// <summary>Ends the activations here that have been idle for longer than this.</summary>
    [AlwaysInterleave, ResponseTimeout("00:00:02"), Alias("Collect")]
    Task Collect(TimeSpan ageLimit);

    /// <summary>Collects the garbage of this process.</summary>
    [AlwaysInterleave, ResponseTimeout("00:00:10"), Alias("CollectGarbage")]
    Task CollectGarbage();
}
