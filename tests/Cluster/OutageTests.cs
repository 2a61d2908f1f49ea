using System.Net;
using Actors.Harness;

namespace Actors.Cluster.Tests;

/// <summary>Three silos that lose their store, or one of themselves.</summary>
public sealed class OutageTests
{
    [Fact]
    public async Task Nobody_dies_of_a_store_outage()
    {
        await using var cluster = await SiloCluster.StartAsync(3);
        (await SiloCluster.RunAsync(cluster.Silos[0], "topics", "create", "orders", "--partitions", "6")).OutputOfSuccess();

        await cluster.Store.StopAsync();
        foreach (var silo in cluster.Silos) await silo.WaitForOutputAsync("are not heard any more");
        foreach (var silo in cluster.Silos)
        {
            // 2 s of load are longer than the suspicion and the lease of a silo that does not answer.
            (await SiloCluster.RunAsync(silo, "bench", "produce", "--topic", "orders", "--size", "100", "--duration", "2s")).OutputOfSuccess();
            Assert.Equal(HttpStatusCode.OK, (await silo.AskAsync("/readyz")).Status);
        }

        await cluster.Store.StartAsync();
        foreach (var silo in cluster.Silos) await silo.WaitForOutputAsync("are heard again");
        (await SiloCluster.RunAsync(cluster.Silos[2], "topics", "create", "afterwards")).OutputOfSuccess();
        foreach (var silo in cluster.Silos)
        {
            Assert.False(silo.Process.HasExited, silo.Output);
            Assert.All((int[])[1, 2, 3], node => Assert.Contains($"node {node} at", LastView(silo.Output), StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_paused_silo_that_was_declared_dead_stops_itself_and_says_why()
    {
        await using var cluster = await SiloCluster.StartAsync(3);
        var paused = cluster.Silos[2];
        foreach (var silo in cluster.Silos) await silo.WaitForOutputAsync(static output => Has(output, 3), "a view with node 3");

        paused.Signal(Signals.Stop);
        foreach (var other in cluster.Silos.Take(2)) await other.WaitForOutputAsync(static output => !Has(output, 3), "a view without node 3");
        paused.Signal(Signals.Continue);

        Assert.Equal(1, await paused.WaitForExitAsync());
        Assert.Contains("declared this silo dead", paused.Output, StringComparison.Ordinal);
        await cluster.Silos[1].WaitUntilReadyAsync();
    }

    private static bool Has(string output, int node) => LastView(output).Contains($"node {node} at", StringComparison.Ordinal);

    /// <summary>The line of the newest view, which names the members that live.</summary>
    private static string LastView(string output) => output.Split('\n').LastOrDefault(static line => line.Contains(" View ", StringComparison.Ordinal)) ?? "";
}
