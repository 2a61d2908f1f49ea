using Actors.Bench.Grains;
using Actors.Bench.LogLoad;
using Actors.Bench.Report;

// scripts/bench NAME [options]: each benchmark prints a table and writes JSON beside it.
var benchmarks = new Dictionary<string, Func<BenchArguments, Task<int>>>(StringComparer.Ordinal)
{
    ["grains"] = GrainsBenchmark.RunAsync,
    ["log"] = LogBenchmark.RunAsync,
    ["partitions"] = PartitionsBenchmark.RunAsync,
    ["recovery"] = RecoveryBenchmark.RunAsync,
    ["floor-server"] = FloorServer.RunAsync,
};

if (args.Length == 0 || !benchmarks.TryGetValue(args[0], out var run))
{
    Console.Error.WriteLine($"usage: scripts/bench NAME [--option value …]   NAME is one of: {string.Join(", ", benchmarks.Keys)}");
    return 2;
}

try
{
    return await run(new BenchArguments(args[1..]));
}
catch (BenchArgumentException mistake)
{
    Console.Error.WriteLine(mistake.Message);
    return 2;
}
