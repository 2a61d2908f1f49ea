using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using Actors.AgentLoad.Running;
using Actors.Harness;
using Npgsql;

namespace Actors.Cluster.Tests.Agents;

/// <summary>
/// Three silos whose PostgreSQL is away while agents talk, break and come back, and one comes for the first time: nobody else loses a connection or
/// an update, and afterwards everything is written. Ten seconds; with ACTORS_TEST_LONG=1 five minutes.
/// </summary>
[Collection(CrowdCollection.Name)]
public sealed class AgentsStoreTests
{
    private const int Agents = 300;
    private const int Clients = 30;
    private const int TunnelsPerClient = 10;
    private const ulong Seed = 3_004;

    private static readonly int OutageSeconds = Environment.GetEnvironmentVariable("ACTORS_TEST_LONG") == "1" ? 300 : 10;

    /// <summary>The last breaks are early enough for their peers to be back, and to send, before the traffic ends.</summary>
    private static readonly int BreakingSeconds = OutageSeconds - 2;

    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private static readonly Guid Newcomer = new("00112233-4455-4677-8899-aabbccddee01");

    private static readonly Guid Session = new("00112233-4455-4677-8899-aabbccddee02");

    [Fact]
    public async Task A_store_that_is_away_costs_nobody_a_connection_and_has_everything_afterwards()
    {
        await using var cluster = await SiloCluster.StartAsync(3);
        await AgentsOutageTests.TellingViewsAsync(cluster, () => LoseAndRegainStoreAsync(cluster));
    }

    private static async Task LoseAndRegainStoreAsync(SiloCluster cluster)
    {
        await using var fleet = await AgentsFleet.StartAsync(cluster.Silos, Agents, Clients, Seed, lostAfterSeconds: 10);
        await UntilAsync("every agent is written", async () => (await EpochsAsync(cluster)).Count == Agents);
        var before = await EpochsAsync(cluster);

        await cluster.Store.StopAsync();
        foreach (var silo in cluster.Silos) await silo.WaitForOutputAsync("are not heard any more");
        var newcomer = ComeAndGoAsync(cluster.Silos[1]);
        var breaks = await TalkAndBreakAsync(fleet);
        await fleet.SettleAsync(); // everybody has heard everything, and the store nothing
        await newcomer;
        foreach (var silo in cluster.Silos) Assert.Equal(HttpStatusCode.OK, (await silo.AskAsync("/readyz")).Status);

        await cluster.Store.StartAsync();
        await UntilAsync("the newest connections are written", async () => HasNewest(before, await EpochsAsync(cluster)));
        await UntilAsync("the tunnels are those of the clients", async () => await NumberAsync(cluster, "SELECT count(*) FROM actors.agent_tunnels WHERE is_open") == Clients * TunnelsPerClient);
        await cluster.Silos[0].AnswersAsync("/api/v1/agents/status", $"\"connected\":{Agents}", Guard);
        await AssertNewcomerAsync(cluster.Silos[2]);
        foreach (var silo in cluster.Silos)
        {
            Assert.Equal(0, await silo.MetricAsync("actors_batch_dropped_total") ?? 0);
            Assert.False(silo.Process.HasExited, silo.Output);
        }

        var result = await fleet.EndWithoutFaultAsync();
        Assert.Equal(breaks, result.Reconnections);
        Assert.InRange(result.Updates, result.DueUpdates * 9 / 10, result.DueUpdates + 2);
        Assert.InRange(breaks, Agents / 2, Agents + Clients);
    }

    /// <summary>Traffic, and each second the connections of other peers are cut; no peer is cut twice.</summary>
    /// <returns>How many were cut.</returns>
    private static async Task<int> TalkAndBreakAsync(AgentsFleet fleet)
    {
        var talk = fleet.TrafficAsync(new Traffic { AgentUpdatesPerSecond = 100, ClientUpdatesPerSecond = 10, Duration = TimeSpan.FromSeconds(OutageSeconds) });
        using var ticks = new PeriodicTimer(TimeSpan.FromSeconds(1));
        for (var second = 0; second < BreakingSeconds; second++)
        {
            await fleet.DropAsync(index => index % OutageSeconds == second);
            await ticks.WaitForNextTickAsync(CancellationToken.None);
        }

        await talk;
        return Enumerable.Range(0, Agents + Clients).Count(IsBroken);
    }

    private static bool IsBroken(int index) => index % OutageSeconds < BreakingSeconds;

    /// <summary>An agent of which neither a grain nor the store has heard: it is let in, reports, and says goodbye.</summary>
    private static async Task ComeAndGoAsync(SiloProcess silo)
    {
        using var guard = new CancellationTokenSource(Guard);
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("actors.agents.v1");
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{silo.Options.HttpPort}/agents/{Newcomer:D}/connect"), guard.Token);
        string[] frames =
        [
            """{"lifecycle":"ready"}""",
            """{"metadata":[{"key":"load","value":"0.7"}]}""",
            $$"""{"connections":[{"id":"{{Session:D}}","action":"connect","type":"ssh","at":"{{DateTimeOffset.UtcNow:O}}"}]}""",
            """{"disconnect":{}}""",
        ];
        foreach (var frame in frames) await socket.SendAsync(Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text, true, guard.Token);
        var buffer = new byte[65_536];
        while ((await socket.ReceiveAsync(buffer, guard.Token)).MessageType != WebSocketMessageType.Close)
        {
        }

        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    private static async Task AssertNewcomerAsync(SiloProcess silo)
    {
        await silo.AnswersAsync($"/api/v1/agents/{Newcomer:D}", "\"status\":\"disconnected\",\"lifecycle\":\"ready\"", Guard);
        await silo.AnswersAsync($"/api/v1/agents/{Newcomer:D}/metadata", "\"value\":\"0.7\"", Guard);
        await silo.AnswersAsync($"/api/v1/agents/connections?agent={Newcomer:D}", $"{Session:D}", Guard);
    }

    /// <summary>Whether those that were cut are written with a newer connection, and the others with the one that they had.</summary>
    private static bool HasNewest(Dictionary<Guid, long> before, Dictionary<Guid, long> after) => Enumerable.Range(0, Agents).All(index =>
    {
        var id = AgentIds.Of(Seed, index);
        return IsBroken(index) ? after[id] > before[id] : after[id] == before[id];
    });

    /// <summary>The newest connection of each of the fleet's agents, as the store has it.</summary>
    private static async Task<Dictionary<Guid, long>> EpochsAsync(SiloCluster cluster)
    {
        await using var connection = new NpgsqlConnection(ConnectionTo(cluster));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT agent, epoch FROM actors.agents WHERE epoch > 0 AND agent <> $1", connection) { Parameters = { new() { Value = Newcomer } } };
        await using var rows = await command.ExecuteReaderAsync();
        var epochs = new Dictionary<Guid, long>();
        while (await rows.ReadAsync()) epochs[rows.GetGuid(0)] = rows.GetInt64(1);
        return epochs;
    }

    /// <summary>Each time a connection of its own: one that is kept would be one to the server that has ended.</summary>
    private static string ConnectionTo(SiloCluster cluster) => $"{cluster.Connection};Pooling=false";

    private static async Task<long> NumberAsync(SiloCluster cluster, string query)
    {
        await using var connection = new NpgsqlConnection(ConnectionTo(cluster));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(query, connection);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    private static async Task UntilAsync(string what, Func<Task<bool>> isSo)
    {
        using var guard = new CancellationTokenSource(Guard);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await isSo())
        {
            Assert.False(guard.IsCancellationRequested, $"Not within {Guard}: {what}.");
            await ticks.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
