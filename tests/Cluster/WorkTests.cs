using System.Globalization;
using System.Text.Json;
using Actors.Harness;
using Actors.Kafka;
using Actors.Kafka.Client;
using Actors.Kafka.Messages;
using Npgsql;

namespace Actors.Cluster.Tests;

/// <summary>What a silo was in the middle of goes on when the silo is gone, and nobody has to call for it.</summary>
public sealed class WorkTests
{
    /// <summary>Well below a sweeper's period of 30 s, so that what happens within it was done because the silos have changed.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Work_of_a_silo_that_is_killed_is_taken_up_by_the_others()
    {
        const int killed = 3;
        await using var cluster = await SiloCluster.StartAsync(3, MemberOrders.Program);
        List<(string Key, string Node)> errands = [];
        for (var number = 1; number <= 15; number++)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"e{number:00}");
            errands.Add((key, await cluster.Silos[0].OrderAsync($"errand {key}")));
        }

        var orphans = errands.Where(static errand => errand.Node == $"{killed}").Select(static errand => errand.Key).ToList();
        Assert.InRange(orphans.Count, 1, errands.Count - 1);
        await using var store = NpgsqlDataSource.Create(cluster.Connection);
        Assert.Equal(errands.Count, await CountAsync(store, "grain_state WHERE has_work"));

        await cluster.Silos[killed - 1].KillAsync();

        // Of those two silos neither has been told of the errands by anybody but the store.
        var living = cluster.Silos.Take(2).ToList();
        await UntilAsync(() => Task.FromResult(orphans.TrueForAll(key => living.Exists(silo => HasEnded(silo, key)))), Bound, () => $"{string.Join(' ', orphans)} to end");
        await UntilAsync(async () => await CountAsync(store, "grain_state WHERE has_work") == errands.Count - orphans.Count, Bound, () => "the ended ones' marks to go");
        Assert.All(errands.ExceptBy(orphans, static errand => errand.Key), errand => Assert.DoesNotContain(living, silo => HasEnded(silo, errand.Key)));
    }

    [Fact]
    public async Task A_deletion_ends_although_the_silo_that_had_begun_it_is_killed()
    {
        await using var cluster = await SiloCluster.StartAsync(3);
        var controller = JsonDocument.Parse(await cluster.Silos[0].GetAsync("/api/v1/grains/controller/controller")).RootElement.GetProperty("homeNodeId").GetInt32();
        var (away, other) = controller switch { 1 => (2, 3), 2 => (3, 1), _ => (1, 2) };
        await CreateAsync(cluster.Silos[other - 1], "deleted", away);

        // The node that has the logs is away, so the deletion is begun and cannot be ended; then whoever has begun it is gone.
        await cluster.Silos[away - 1].KillAsync();
        await cluster.Silos[other - 1].AnswersAsync("/api/v1/cluster", "Dead", Guard);
        (await SiloCluster.RunAsync(cluster.Silos[other - 1], "topics", "delete", "deleted")).OutputOfSuccess();
        await using var store = NpgsqlDataSource.Create(cluster.Connection);
        Assert.Equal(1, await CountAsync(store, "deleted_topics"));
        await cluster.Silos[controller - 1].KillAsync();
        await cluster.ReviveAsync(away);

        await UntilAsync(async () => await CountAsync(store, "deleted_topics") == 0, Bound, () => "the deletion to end");
        await CreateAsync(cluster.Silos[away - 1], "deleted", away); // the name is free again
    }

    /// <summary>Makes a topic whose only log is on one node.</summary>
    private static async Task CreateAsync(SiloProcess silo, string name, int node)
    {
        await using var connection = await KafkaConnection.ConnectAsync(
            "127.0.0.1", silo.Options.KafkaPort, new KafkaConnectionOptions(), TimeProvider.System, CancellationToken.None);
        var topic = new CreateTopicsRequest.CreatableTopic
        {
            Name = name,
            NumPartitions = -1,
            ReplicationFactor = -1,
            Assignments = [new() { PartitionIndex = 0, BrokerIds = [node] }],
        };
        var answer = (await connection.SendAsync(new CreateTopicsRequest { TimeoutMs = 30_000, Topics = [topic] }, CancellationToken.None)).Topics[0];
        Assert.Equal(ErrorCode.None, answer.ErrorCode);
    }

    private static bool HasEnded(SiloProcess silo, string errand) => silo.Output.Contains($"Errand {errand} has ended.", StringComparison.Ordinal);

    private static async Task<long> CountAsync(NpgsqlDataSource store, string rows)
    {
        await using var count = store.CreateCommand($"SELECT count(*) FROM actors.{rows}");
        return (long)(await count.ExecuteScalarAsync())!;
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo, TimeSpan limit, Func<string> what)
    {
        using var guard = new CancellationTokenSource(limit);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await isSo())
        {
            Assert.False(guard.IsCancellationRequested, $"Waited {limit} in vain for {what()}.");
            await ticks.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
