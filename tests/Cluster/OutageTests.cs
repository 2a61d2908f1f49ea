using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Actors.Harness;

namespace Actors.Cluster.Tests;

/// <summary>Three silos that lose their store, or one of themselves.</summary>
public sealed class OutageTests
{
    /// <summary>Longer than suspicion, lease, and all that the store's clients wait for; minutes in the long run.</summary>
    private static readonly int OutageSeconds = Environment.GetEnvironmentVariable("ACTORS_TEST_LONG") == "1" ? 180 : 20;

    /// <summary>
    /// The others ask every 400 ms and give a silent one 1.8 s; the rest is a machine that is busy with three silos.
    /// </summary>
    private static readonly TimeSpan StarvedBound = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Nobody_dies_of_a_store_outage()
    {
        await using var cluster = await SiloCluster.StartAsync(3);
        try
        {
            await LoseAndRegainStoreAsync(cluster);
        }
        catch
        {
            foreach (var silo in cluster.Silos) TestContext.Current.TestOutputHelper?.WriteLine(ViewsAndLeases(silo.Output));
            throw;
        }
    }

    private static async Task LoseAndRegainStoreAsync(SiloCluster cluster)
    {
        (await SiloCluster.RunAsync(cluster.Silos[0], "topics", "create", "orders", "--partitions", "6")).OutputOfSuccess();

        await cluster.Store.StopAsync();
        foreach (var silo in cluster.Silos) await silo.WaitForOutputAsync("are not heard any more");
        // Every partition, through every silo; who is away for a moment makes an error, and the load fails.
        string[] load = ["bench", "produce", "--topic", "orders", "--partitions", "6", "--outstanding", "4", "--size", "100", "--output", "json"];
        var producing = Task.WhenAll(cluster.Silos.Select(silo => MessagesAsync(silo, [.. load, "--duration", $"{OutageSeconds}s"])));
        var rounds = await AskUntilAsync(cluster, producing);
        var produced = await producing;
        Assert.True(rounds > 0);
        Assert.All(produced, static messages => Assert.True(messages > 0));
        foreach (var silo in cluster.Silos) Assert.Equal(HttpStatusCode.OK, (await silo.AskAsync("/readyz")).Status);
        Assert.Equal(produced.Sum(), await FetchedAsync(cluster.Silos[0]));

        await cluster.Store.StartAsync();
        foreach (var silo in cluster.Silos) await silo.WaitForOutputAsync("are heard again");
        (await SiloCluster.RunAsync(cluster.Silos[2], "topics", "create", "afterwards")).OutputOfSuccess();
        Assert.Equal(produced.Sum(), await FetchedAsync(cluster.Silos[1]));
        foreach (var silo in cluster.Silos)
        {
            Assert.False(silo.Process.HasExited, silo.Output);
            Assert.All((int[])[1, 2, 3], node => Assert.Contains($"node {node} at", LastView(silo.Output), StringComparison.Ordinal));
        }
    }

    /// <summary>Asks every silo again and again for what it only knows by calls to grains of all three.</summary>
    /// <returns>How often all of them have answered.</returns>
    private static async Task<int> AskUntilAsync(SiloCluster cluster, Task end)
    {
        var rounds = 0;
        for (; !end.IsCompleted; rounds++)
        {
            foreach (var silo in cluster.Silos)
            {
                var silos = JsonDocument.Parse(await silo.GetAsync("/api/v1/cluster").WaitAsync(Guard)).RootElement.GetProperty("silos");
                Assert.Equal(["Active", "Active", "Active"], silos.EnumerateArray().Select(static one => one.GetProperty("status").GetString()));
                var types = JsonDocument.Parse(await silo.GetAsync("/api/v1/grains").WaitAsync(Guard)).RootElement.GetProperty("types");
                var nodes = types.EnumerateArray().SelectMany(static type => type.GetProperty("activationsByNode").EnumerateObject().Select(static node => node.Name)).Distinct();
                Assert.Equal(["1", "2", "3"], nodes.Order(StringComparer.Ordinal));
            }
        }

        return rounds;
    }

    [Fact]
    public async Task A_silo_that_dies_while_the_store_is_away_is_waited_for_and_the_others_say_so()
    {
        await using var cluster = await SiloCluster.StartAsync(3);
        (await SiloCluster.RunAsync(cluster.Silos[0], "topics", "create", "orders", "--partitions", "6")).OutputOfSuccess();
        var home = JsonDocument.Parse(await cluster.Silos[0].GetAsync("/api/v1/grains/controller/controller")).RootElement.GetProperty("homeNodeId").GetInt32();
        var living = cluster.Silos.Where((_, index) => index != home - 1).ToList();
        await cluster.Store.StopAsync();
        foreach (var silo in living) await silo.WaitForOutputAsync("are not heard any more");

        await cluster.Silos[home - 1].KillAsync();

        // Nobody can declare it dead, so its grains have no other home, and everybody says why.
        foreach (var silo in living)
        {
            await silo.AnswersAsync("/api/v1/cluster", "Unreachable", Guard);
            var (status, _) = await silo.AskAsync("/readyz").WaitAsync(Guard);
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Contains("the database", await silo.GetAsync("/api/v1/status").WaitAsync(Guard), StringComparison.Ordinal);
            Assert.True(Has(silo.Output, home));
        }

        Assert.NotEqual(0, (await SiloCluster.RunAsync(living[0], "topics", "create", "meanwhile")).ExitCode);

        await cluster.Store.StartAsync();
        foreach (var silo in living) await silo.WaitForOutputAsync(output => !Has(output, home), $"a view without node {home}");
        (await SiloCluster.RunAsync(living[1], "topics", "create", "afterwards")).OutputOfSuccess();
        await cluster.ReviveAsync(home);
        Assert.All(living, static silo => Assert.False(silo.Process.HasExited, silo.Output));
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

    /// <summary>Its process lives, its connections stand and its kernel answers; only none of its threads is free.</summary>
    [Fact]
    public async Task A_silo_whose_threads_are_all_blocked_is_declared_dead_and_stops_itself_when_they_run_again()
    {
        await using var cluster = await SiloCluster.StartAsync(3, MemberOrders.Program);
        var starved = cluster.Silos[2];
        foreach (var silo in cluster.Silos) await silo.WaitForOutputAsync(static output => Has(output, 3), "a view with node 3");

        await starved.OrderAsync("starve");
        var since = Stopwatch.GetTimestamp();
        foreach (var other in cluster.Silos.Take(2)) await other.WaitForOutputAsync(static output => !Has(output, 3), "a view without node 3");
        var gone = Stopwatch.GetElapsedTime(since);
        TestContext.Current.TestOutputHelper?.WriteLine($"gone after {gone}");
        Assert.InRange(gone, TimeSpan.Zero, StarvedBound);
        Assert.True(Has(starved.Output, 3));
        Assert.False(starved.Process.HasExited, starved.Output);
        (await SiloCluster.RunAsync(cluster.Silos[0], "topics", "create", "meanwhile")).OutputOfSuccess();

        await starved.OrderAsync("feed");
        Assert.Equal(1, await starved.WaitForExitAsync());
        Assert.Contains("declared this silo dead", starved.Output, StringComparison.Ordinal);
        Assert.All(cluster.Silos.Take(2), static silo => Assert.False(silo.Process.HasExited, silo.Output));
    }

    /// <summary>Runs a measurement.</summary>
    /// <returns>How many messages it has sent or read.</returns>
    private static async Task<long> MessagesAsync(SiloProcess silo, string[] command)
    {
        var ending = await SiloCluster.RunAsync(silo, TimeSpan.FromSeconds(OutageSeconds) + Guard, command);
        return JsonDocument.Parse(ending.OutputOfSuccess()).RootElement.GetProperty("messages").GetInt64();
    }

    private static Task<long> FetchedAsync(SiloProcess silo) => MessagesAsync(silo, ["bench", "fetch", "--topic", "orders", "--partitions", "6", "--output", "json"]);

    internal static bool Has(string output, int node) => LastView(output).Contains($"node {node} at", StringComparison.Ordinal);

    /// <summary>The lines that say who was a member, and who renewed no lease or answered no probe.</summary>
    internal static string ViewsAndLeases(string output) => string.Join(
        '\n', output.Split('\n').Where(static line => line.Contains(" View ", StringComparison.Ordinal) || line.Contains("lease", StringComparison.Ordinal) || line.Contains("A probe", StringComparison.Ordinal)));

    /// <summary>The line of the newest view, which names the members that live.</summary>
    private static string LastView(string output) => output.Split('\n').LastOrDefault(static line => line.Contains(" View ", StringComparison.Ordinal)) ?? "";
}
