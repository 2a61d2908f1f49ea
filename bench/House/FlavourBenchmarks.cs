using Actors.Bench.Cluster;
using Actors.Bench.Cluster.Failover;
using Actors.Bench.Report;

namespace Actors.Bench;

/// <summary>The benchmarks of what only the runtime of src/Runtime has.</summary>
internal static class FlavourBenchmarks
{
    public static IReadOnlyDictionary<string, Func<BenchArguments, Task<int>>> All { get; } = new Dictionary<string, Func<BenchArguments, Task<int>>>(StringComparer.Ordinal)
    {
        ["cluster"] = ClusterBenchmark.RunAsync,
        ["cluster-member"] = MemberProcess.RunAsync, // started by cluster, as processes of their own
        ["cluster-peer"] = PeerProcess.RunAsync, // started by cluster, as a process of its own
    };
}
