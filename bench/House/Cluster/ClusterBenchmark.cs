using System.Security.Cryptography;
using Actors.Bench.Cluster.Failover;
using Actors.Bench.Grains;
using Actors.Bench.Report;

namespace Actors.Bench.Cluster;

/// <summary>
/// <c>scripts/bench cluster</c>: grain calls between two processes beside a framed echo on Kestrel's transport between the same two,
/// in turns, with payloads that go there and come back; then what the loss of one of three silos costs, and what idle ones do.
/// </summary>
internal static class ClusterBenchmark
{
    private const int CallerNode = 1;

    private static readonly (string Name, int Bytes)[] Sizes = [("100 B", 100), ("16 KiB", 16 * 1024), ("1 MiB", 1024 * 1024)];
    private static readonly int[] InFlight = [1, 16, 64];

    /// <summary>Options: <c>--calls</c> of 100 bytes in a round, <c>--megabytes</c> of larger ones, <c>--rounds</c>, <c>--runs</c> of each loss of a silo, <c>--in-flight</c> and <c>--shape</c> for some of the rows.</summary>
    public static async Task<int> RunAsync(BenchArguments arguments)
    {
        int calls = arguments.Number("calls", 40_000, 100);
        int megabytes = arguments.Number("megabytes", 128, 1);
        int rounds = arguments.Number("rounds", 5, 1, 100);
        int only = arguments.Number("in-flight", 0, 0, 10_000);
        int runs = arguments.Number("runs", 20, 1, 1000);
        string shape = arguments.Shape([.. Sizes.Select(static size => size.Name), .. FailoverBenchmark.Names]);
        arguments.RefuseRest();
        var report = new BenchReport("cluster");
        if (Sizes.Any(size => size.Name.Contains(shape, StringComparison.Ordinal)))
        {
            await CallAsync(report, calls, megabytes, rounds, only, shape);
        }

        await FailoverBenchmark.RunAsync(report, runs, shape);
        report.Finish();
        return 0;
    }

    private static async Task CallAsync(BenchReport report, int calls, int megabytes, int rounds, int only, string shape)
    {
        string secret = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
        PeeredSilo silo = await PeeredSilo.StartAsync(CallerNode);
        await using PeerProcess peer = await PeerProcess.StartAsync(silo.Address, secret);
        await silo.JoinAsync(CallerNode, peer.Silo, secret);
        await using EchoClient floor = await EchoClient.ConnectAsync(peer.FloorPort);
        foreach ((string name, int bytes) in Sizes)
        {
            if (!name.Contains(shape, StringComparison.Ordinal))
            {
                continue;
            }

            var payload = new byte[bytes];
            new Random(bytes).NextBytes(payload);
            int total = (int)Math.Min(calls, ((long)megabytes << 20) / bytes);
            foreach (int callers in only > 0 ? [only] : InFlight)
            {
                Shape[] shapes =
                [
                    new($"{name}: floor", null, (_, count, latencies) => CallLoop.RunAsync(_ => FloorAsync(floor, payload), count, latencies)),
                    new(
                        $"{name}: grain",
                        $"{name}: floor",
                        (caller, count, latencies) =>
                        {
                            IEchoGrain grain = silo.Grains.GetGrain<IEchoGrain>($"echo-{caller}@{PeerProcess.Node}");
                            return CallLoop.RunAsync(_ => EchoAsync(grain, payload), count, latencies);
                        }),
                ];
                await Comparison.RunAsync(report, shapes, callers, Math.Max(4, total / callers), rounds);
            }
        }
    }

    private static async Task<int> FloorAsync(EchoClient floor, byte[] payload)
    {
        await floor.CallAsync(payload);
        return payload.Length;
    }

    private static async Task<int> EchoAsync(IEchoGrain grain, byte[] payload) => (await grain.Echo(payload)).Length;
}
