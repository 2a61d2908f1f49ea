using Actors.Bench.Report;

namespace Actors.Bench;

/// <summary>The benchmarks of what only Microsoft's runtime has: none.</summary>
internal static class FlavourBenchmarks
{
    public static IReadOnlyDictionary<string, Func<BenchArguments, Task<int>>> All { get; } = new Dictionary<string, Func<BenchArguments, Task<int>>>(StringComparer.Ordinal);
}
