using System.Globalization;
using System.Text.Json;
using Actors.AgentLoad.Running;
using Actors.Harness;

namespace Actors.Cluster.Tests.Agents;

/// <summary>Agents all of whose sockets break at once, and more than a silo has files for.</summary>
[Collection(CrowdCollection.Name)]
public sealed class AgentsOutageTests
{
    private const int Agents = 3_000;
    private const int Clients = 300;

    private static readonly TimeSpan BackBound = TimeSpan.FromSeconds(45);

    /// <summary>Agents are on two of the silos, and on all three are their grains, the log's partitions, and its client.</summary>
    [Fact]
    public async Task A_storm_of_reconnects_is_let_in_at_a_bounded_rate_and_the_log_goes_on()
    {
        const int perSecond = 100;
        await using var cluster = await SiloCluster.StartAsync(3, null, $"--Agents:AcceptsPerSecond={perSecond}", $"--Agents:AcceptBurst={perSecond}");
        await TellingViewsAsync(cluster, () => StormAsync(cluster, perSecond));
    }

    private static async Task StormAsync(SiloCluster cluster, int perSecond)
    {
        _ = await ProduceAsync(cluster.Silos[2]); // makes the topic, and wakes what is needed for it
        var hubs = cluster.Silos.Take(2).ToList();
        await using var fleet = await AgentsFleet.StartAsync(hubs, Agents / 4, Clients / 4, seed: 3_002, dialsPerSecond: 1.5 * perSecond, lostAfterSeconds: 10);
        var peace = await ProduceAsync(cluster.Silos[2]);

        var storm = ProduceAsync(cluster.Silos[2]);
        var talk = fleet.TrafficAsync(new Traffic { AgentUpdatesPerSecond = 100, ClientUpdatesPerSecond = 10, Duration = TimeSpan.FromSeconds(5) });
        await fleet.DropAsync(static _ => true);
        var back = await fleet.AllAgainAsync();
        var stormy = await storm;
        await talk;
        await fleet.SettleAsync();

        Say($"everybody is back after {back.TotalSeconds:F1} s; a produce takes {peace} in peace and {stormy} in the storm");
        var result = await fleet.EndWithoutFaultAsync();
        Assert.Equal(result.Peers, result.Reconnections);
        // Both hubs take a burst and then their rate.
        var leastSeconds = ((double)result.Peers / hubs.Count / perSecond) - 1;
        Assert.InRange(back.TotalSeconds, 0.8 * leastSeconds, BackBound.TotalSeconds);
        Assert.InRange(result.PutOff, 1, 4 * result.Peers); // who takes the advice asks a few times, not all the time
        Assert.InRange(result.Updates, 100, 555); // most of those that were due, for some were connected all the time
        Assert.InRange(stormy.P50Ms, 0, Math.Max(20, 10 * peace.P50Ms));
        Assert.InRange(stormy.P99Ms, 0, Math.Max(500, 10 * peace.P99Ms)); // silos, store, load and this share the processors
    }

    [Fact]
    public async Task A_silo_with_too_few_open_files_says_how_many_it_needs()
    {
        const int files = 1_000;
        const int allowed = files - 768;
        using var folder = new TemporaryDirectory();
        await using var silo = await SiloProcess.StartAsync(new(folder.FullName)
        {
            Wrapper = ["prlimit", string.Create(CultureInfo.InvariantCulture, $"--nofile={files}:{files}")],
            Arguments = ["--Agents:MaxConnections=5000"],
        });
        await silo.WaitForOutputAsync($"Agents:MaxConnections is 5000, which needs 5768 open files; the limit is {files}, so {allowed} connections");
        await using (var fleet = await AgentsFleet.StartAsync([silo], allowed - 20, 20, seed: 3_003))
        {
            await TooManyAsync(silo);
            await fleet.SettleAsync();
            await fleet.EndWithoutFaultAsync();
        }

        await silo.WaitForOutputAsync($"the limit of open files has to be {(2 * allowed) + 768}; it is {files}");
    }

    /// <summary>When it fails, the silos' views say whether one of them was taken for dead.</summary>
    internal static async Task TellingViewsAsync(SiloCluster cluster, Func<Task> test)
    {
        try
        {
            await test();
        }
        catch
        {
            foreach (var silo in cluster.Silos) Say(OutageTests.ViewsAndLeases(silo.Output));
            throw;
        }
    }

    /// <summary>One more is sent away.</summary>
    private static async Task TooManyAsync(SiloProcess silo)
    {
        using var client = new System.Net.WebSockets.ClientWebSocket();
        client.Options.AddSubProtocol("actors.agents.v1");
        client.Options.CollectHttpResponseDetails = true;
        var dial = new Uri($"ws://127.0.0.1:{silo.Options.HttpPort}/clients/connect");
        await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(() => client.ConnectAsync(dial, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, client.HttpStatusCode);
    }

    private static async Task<Latency> ProduceAsync(SiloProcess silo)
    {
        string[] load = ["bench", "produce", "--topic", "orders", "--partitions", "6", "--outstanding", "1", "--size", "100", "--duration", "3s", "--output", "json"];
        var latency = JsonDocument.Parse((await SiloCluster.RunAsync(silo, load)).OutputOfSuccess()).RootElement.GetProperty("latencyMs");
        return new(latency.GetProperty("p50").GetDouble(), latency.GetProperty("p99").GetDouble());
    }

    private static void Say(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    private sealed record Latency(double P50Ms, double P99Ms);
}
