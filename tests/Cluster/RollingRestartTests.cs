using System.Globalization;
using System.Text.Json;
using Actors.Harness;
using Npgsql;

namespace Actors.Cluster.Tests;

/// <summary>
/// Each of three silos is told to stop and started again, one after another, while callers on all of them, also on the one that stops
/// until it has made its last call, count in grains that keep their counts in PostgreSQL. Nobody tries a call again.
/// </summary>
public sealed class RollingRestartTests
{
    private const int Counters = 12;

    [Fact]
    public async Task No_call_fails_and_every_count_is_stored_once()
    {
        await using var cluster = await SiloCluster.StartAsync(3, MemberOrders.Program);
        List<SiloProcess> all = [.. cluster.Silos];
        foreach (var silo in all) await silo.OrderAsync($"count {Counters}");

        foreach (var node in (int[])[1, 2, 3])
        {
            var others = cluster.Silos.Where((_, index) => index != node - 1).ToList();
            var before = await Task.WhenAll(others.Select(CallsAsync));
            await cluster.RestartAsync(node, MemberOrders.Program);
            all.Add(cluster.Silos[node - 1]);
            await all[^1].OrderAsync($"count {Counters}");
            Assert.All(before.Zip(await Task.WhenAll(others.Select(CallsAsync))), static calls => Assert.True(calls.Second > calls.First));
        }

        foreach (var silo in cluster.Silos) Assert.Equal(0, await silo.StopAsync());
        Assert.DoesNotContain(all.SelectMany(static silo => silo.Output.Split('\n')), static line => line.StartsWith("A call of ", StringComparison.Ordinal));
        var acknowledged = all.SelectMany(Counted).GroupBy(static one => one.Key).ToDictionary(static one => one.Key, static one => one.Sum(static part => part.Count));
        Assert.Equal(Counters, acknowledged.Count);
        Assert.Equal(acknowledged, await StoredAsync(cluster));
        TestContext.Current.TestOutputHelper?.WriteLine($"{acknowledged.Values.Sum()} counts");
    }

    private static async Task<long> CallsAsync(SiloProcess silo) => long.Parse(await silo.OrderAsync("calls"), CultureInfo.InvariantCulture);

    /// <summary>What counters had acknowledged to a silo when it stopped.</summary>
    private static IEnumerable<(string Key, long Count)> Counted(SiloProcess silo)
    {
        const string mark = "Counted: ";
        var line = silo.Output.Split('\n').Single(static line => line.StartsWith(mark, StringComparison.Ordinal));
        return line[mark.Length..].Split(' ').Select(static one => one.Split('=')).Select(static one => (one[0], long.Parse(one[1], CultureInfo.InvariantCulture)));
    }

    private static async Task<Dictionary<string, long>> StoredAsync(SiloCluster cluster)
    {
        await using var store = NpgsqlDataSource.Create(cluster.Connection);
        await using var read = store.CreateCommand("SELECT grain_id, payload FROM actors.grain_state WHERE state_name = 'counter'");
        await using var rows = await read.ExecuteReaderAsync();
        Dictionary<string, long> stored = [];
        while (await rows.ReadAsync())
            stored.Add(rows.GetString(0).Split('/')[1], JsonDocument.Parse(rows.GetFieldValue<byte[]>(1)).RootElement.GetProperty("Count").GetInt64());
        return stored;
    }
}
