using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Actors.Clients.Tests.Groups;
using Actors.Harness;
using Confluent.Kafka;

namespace Actors.Clients.Tests.Clusters;

/// <summary>Each of three silos is told to stop and started again, one after another, while all of them are used in every way that there is.</summary>
/// <remarks>
/// What counts as a failure, and nothing is forgiven:
/// <list type="bullet">
/// <item>a record that the producer's delivery report does not call delivered, or that is missing, twice, or out of its place. The client
/// is librdkafka with its own time-outs and retries: what the protocol calls retriable is tried again as in everybody's program;</item>
/// <item>an error that a client calls fatal;</item>
/// <item>a commit that is refused with anything that Kafka's own consumer does not try again (<see cref="ConfluentMember"/>), a record
/// that a group reads after its commit, or never;</item>
/// <item>a call from grain to grain that throws, on whichever silo: also on the one that stops, until it has made its last;</item>
/// <item>a page of a silo that is not being replaced, when it is not answered with 200. Whoever sends people to silos asks /readyz, and is
/// not sent to one that stops.</item>
/// </list>
/// </remarks>
public sealed class RollingRestartTests
{
    private const string Topic = "rolling";
    private const int Partitions = 6;
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(120);
    private static readonly string[] Pages = ["/api/v1/cluster", "/api/v1/grains", "/api/v1/grains/controller/controller", "/api/v1/status", "/readyz"];

    private readonly ConcurrentQueue<string> _failures = [];

    [Fact]
    public async Task Nobody_notices()
    {
        await using var cluster = await SiloCluster.StartAsync(3, MemberOrders.Program);
        var bootstrap = string.Join(',', cluster.Silos.Select(static silo => silo.Bootstrap));
        (await SiloCluster.RunAsync(cluster.Silos[0], "topics", "create", Topic, "--partitions", $"{Partitions}")).OutputOfSuccess();
        var ledger = new GroupLedger();
        await using var first = new ConfluentMember(bootstrap, "rolling", Topic, "first", PartitionAssignmentStrategy.CooperativeSticky, ledger, sessionTimeoutMs: 45_000);
        await using var second = new ConfluentMember(bootstrap, "rolling", Topic, "second", PartitionAssignmentStrategy.CooperativeSticky, ledger, sessionTimeoutMs: 45_000);
        await ledger.SharedAsync(Partitions, "first", "second");
        List<SiloProcess> all = [.. cluster.Silos];
        foreach (var silo in all) await silo.OrderAsync("call 30");
        using var ending = new CancellationTokenSource();
        var producing = ProduceAsync(bootstrap, ending.Token);

        foreach (var node in (int[])[1, 2, 3])
        {
            var others = cluster.Silos.Where((_, index) => index != node - 1).ToList();
            var before = await Task.WhenAll(others.Select(CallsAsync));
            using var back = new CancellationTokenSource();
            var pages = others.Select(silo => AskAsync(silo, back.Token)).ToList();

            await cluster.RestartAsync(node, MemberOrders.Program);
            var silo = cluster.Silos[node - 1];
            all.Add(silo);
            await silo.OrderAsync("call 30");

            await back.CancelAsync();
            Assert.All(await Task.WhenAll(pages), static answers => Assert.True(answers > 0));
            var after = await Task.WhenAll(others.Select(CallsAsync));
            Assert.All(before.Zip(after), static calls => Assert.True(calls.Second > calls.First));
        }

        await ending.CancelAsync();
        var produced = await producing.WaitAsync(Guard);
        await ledger.ReadAsync([.. produced.Select(static record => (record.Partition.Value, record.Offset.Value))]);
        foreach (var silo in all) CollectFailures(silo);
        Assert.Empty(_failures);
        Assert.Empty(ledger.Breaches);
        Assert.Empty(first.Refusals.Concat(second.Refusals));
        foreach (var partition in produced.GroupBy(static record => record.Partition.Value))
            Assert.Equal(Enumerable.Range(0, partition.Count()).Select(static offset => (long)offset), partition.Select(static record => record.Offset.Value));
        TestContext.Current.TestOutputHelper?.WriteLine($"{produced.Length} records");
    }

    /// <summary>Produces to all partitions in turn until it is told to end.</summary>
    /// <returns>Where the records are, when every one is delivered.</returns>
    private async Task<DeliveryResult<Null, string>[]> ProduceAsync(string bootstrap, CancellationToken ending)
    {
        List<Task<DeliveryResult<Null, string>>> produced = [];
        var config = new ProducerConfig { BootstrapServers = bootstrap, Acks = Acks.All, EnableIdempotence = true };
        using var producer = new ProducerBuilder<Null, string>(config).SetLogHandler(static (_, _) => { }).SetErrorHandler(NoteFatal).Build();
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        for (var number = 0; !ending.IsCancellationRequested; number++)
        {
            var message = new Message<Null, string> { Value = number.ToString(CultureInfo.InvariantCulture) };
            produced.Add(producer.ProduceAsync(new TopicPartition(Topic, number % Partitions), message, CancellationToken.None));
            await ticks.WaitForNextTickAsync(CancellationToken.None);
        }

        return await Task.WhenAll(produced);
    }

    /// <summary>Asks a silo for its pages until it is told to end.</summary>
    /// <returns>How many answers came.</returns>
    private async Task<int> AskAsync(SiloProcess silo, CancellationToken ending)
    {
        var answers = 0;
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (; !ending.IsCancellationRequested; answers++)
        {
            var page = Pages[answers % Pages.Length];
            try
            {
                var (status, body) = await silo.AskAsync(page).WaitAsync(Guard, CancellationToken.None);
                if (status != HttpStatusCode.OK) _failures.Enqueue($"{page} of {silo.Bootstrap}: {status} {body}");
            }
            catch (Exception failure)
            {
                _failures.Enqueue($"{page} of {silo.Bootstrap}: {failure.Message}");
            }

            await ticks.WaitForNextTickAsync(CancellationToken.None);
        }

        return answers;
    }

    private static async Task<long> CallsAsync(SiloProcess silo) => long.Parse(await silo.OrderAsync("calls"), CultureInfo.InvariantCulture);

    private void CollectFailures(SiloProcess silo)
    {
        foreach (var line in silo.Output.Split('\n').Where(static line => line.StartsWith("A call of ", StringComparison.Ordinal))) _failures.Enqueue($"{silo.Bootstrap}: {line}");
    }

    private void NoteFatal<TClient>(TClient client, Error error)
    {
        if (error.IsFatal) _failures.Enqueue($"producer: {error}");
    }
}
