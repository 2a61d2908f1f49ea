using System.Net;
using System.Text.Json;
using Actors.Harness;

namespace Actors.Cluster.Tests;

/// <summary>Each of three silos tells of all of them, also while one of them is gone or hangs.</summary>
public sealed class ClusterAnswersTests
{
    /// <summary>Longer than a grain call waits for a silo that hangs, and shorter than a person does.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(Signals.Kill)]
    [InlineData(Signals.Stop)]
    public async Task Every_silo_tells_of_the_others_and_of_the_one_that_is_lost(int signal)
    {
        await using var cluster = await SiloCluster.StartAsync(3);
        (await SiloCluster.RunAsync(cluster.Silos[0], "topics", "create", "orders", "--partitions", "3")).OutputOfSuccess();
        foreach (var silo in cluster.Silos)
        {
            await UntilAsync(silo, "Active Active Active");
            Assert.Equal(3, Array(await AskAsync(silo, "/api/v1/status"), "silos").Count());
            Assert.Equal("Active Active Active", States(await StatusAsync(silo)));
        }

        var homes = await Task.WhenAll(cluster.Silos.Select(HomeAsync));
        Assert.Equal(homes[0], Assert.Single(homes.Distinct()));
        Assert.Equal(homes[0].Home, homes[0].Active);
        foreach (var silo in cluster.Silos)
        {
            var controller = Array(await AskAsync(silo, "/api/v1/grains"), "types").Single(static one => one.GetProperty("type").GetString() == "controller");
            Assert.Equal(1, controller.GetProperty("activationsByNode").GetProperty($"{homes[0].Active}").GetInt32());
        }

        // The one where the controller lives, so that it is found elsewhere afterwards.
        var lost = cluster.Silos[homes[0].Home - 1];
        lost.Signal(signal);
        var living = cluster.Silos.Except([lost]).ToList();
        var states = string.Join(' ', cluster.Silos.Select(silo => silo == lost ? "Dead" : "Active"));
        Assert.Equal(3, Array(await StatusAsync(living[0]), "silos").Count());
        foreach (var silo in living)
        {
            await UntilAsync(silo, states);
            Assert.Equal(states, States(await AskAsync(silo, "/api/v1/status")));
            Assert.Equal(states, States(await StatusAsync(silo)));
            Assert.DoesNotContain(Array(await AskAsync(silo, "/api/v1/grains"), "types"), one => one.GetProperty("activationsByNode").TryGetProperty($"{homes[0].Home}", out _));
        }

        (await SiloCluster.RunAsync(living[0], "topics", "create", "afterwards")).OutputOfSuccess(); // and so it lives again
        var moved = await Task.WhenAll(living.Select(HomeAsync));
        Assert.Equal(moved[0], moved[1]);
        Assert.Equal(moved[0].Home, moved[0].Active);
        Assert.NotEqual(homes[0].Home, moved[0].Home);
    }

    private static async Task<(int Home, int Active)> HomeAsync(SiloProcess silo)
    {
        var grain = await AskAsync(silo, "/api/v1/grains/controller/controller");
        return (grain.GetProperty("homeNodeId").GetInt32(), grain.GetProperty("activeNodeId").GetInt32());
    }

    /// <summary>Asks until the silos are in these states; each answer comes within the bound.</summary>
    private static async Task UntilAsync(SiloProcess silo, string states)
    {
        using var guard = new CancellationTokenSource(Guard);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var seen = ""; (seen = States(await AskAsync(silo, "/api/v1/cluster"))) != states;)
        {
            Assert.False(guard.IsCancellationRequested, $"After {Guard} {silo.Bootstrap} tells of '{seen}', not of '{states}'.");
            await ticks.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private static async Task<JsonElement> AskAsync(SiloProcess silo, string path)
    {
        var (status, body) = await silo.AskAsync(path).WaitAsync(Bound);
        Assert.Equal(HttpStatusCode.OK, status);
        return JsonDocument.Parse(body).RootElement;
    }

    /// <summary>What the command line says.</summary>
    private static async Task<JsonElement> StatusAsync(SiloProcess silo) =>
        JsonDocument.Parse((await SiloCluster.RunAsync(silo, "status", "--output", "json")).OutputOfSuccess()).RootElement;

    private static string States(JsonElement answer) =>
        string.Join(' ', Array(answer, "silos").OrderBy(static one => one.GetProperty("nodeId").GetInt32()).Select(static one => one.GetProperty("status").GetString()));

    private static JsonElement.ArrayEnumerator Array(JsonElement answer, string name) => answer.GetProperty(name).EnumerateArray();
}
