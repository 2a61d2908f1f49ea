using System.Diagnostics;
using Actors.Gateway.Kafka;
using Actors.Gateway.Tests.Support;
using Actors.Grains.Partitions;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Actors.Kafka.Client;
using Actors.Kafka.Messages;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Gateway.Tests.Connections;

/// <summary>A silo that is told to stop answers what it has accepted, and waits for nothing else.</summary>
public sealed class GracefulStopTests
{
    private const int Connections = 20;
    private const int RequestsEach = 10;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static int Rounds => Environment.GetEnvironmentVariable("ACTORS_TEST_LONG") == "1" ? 500 : 4;

    [Fact]
    public async Task What_was_accepted_is_answered()
    {
        for (var round = 0; round < Rounds; round++)
        {
            await using var rig = await GatewayRig.StartAsync();
            await rig.CreateTopicAsync("t");
            var connections = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => rig.ConnectAsync()));
            await connections[0].ProduceAsync("t", TestBatch.Of(1));
            rig.Files.CloseGate();
            var produced = connections.SelectMany(connection => Enumerable.Range(0, RequestsEach).Select(_ => connection.ProduceAsync("t", TestBatch.Of(1)))).ToList();
            var replica = rig.Services.GetRequiredService<ReplicaRegistry>().Replicas.Single();
            await TestGuard.UntilAsync(() => replica.Describe().LogEndOffset == produced.Count + 1, "everything is accepted");

            var stopping = rig.StopAsync();
            rig.Files.OpenGate();
            var answers = await Task.WhenAll(produced).WaitAsync(TestGuard.Limit, Token);

            Assert.All(answers, answer => Assert.Equal(ErrorCode.None, answer.ErrorCode));
            await stopping;
            await Task.WhenAll(connections.Select(connection => connection.DisposeAsync().AsTask()));
        }
    }

    [Fact]
    public async Task Who_waits_for_an_event_is_answered_at_once()
    {
        await using var rig = await GatewayRig.StartAsync(new KafkaGatewayOptions { StopTimeout = TimeSpan.FromMinutes(5) });
        await rig.CreateTopicAsync("t");
        await using var poller = await rig.ConnectAsync();
        await using var first = await rig.ConnectAsync();
        await using var second = await rig.ConnectAsync();
        await poller.ProduceAsync("t", TestBatch.Of(1));
        await first.SendAsync(new FindCoordinatorRequest { Key = "g" }, 2, TestGuard.Limit, Token);
        var leader = await first.SendAsync(Join(), 2, TestGuard.Limit, Token);
        Assert.Equal(ErrorCode.None, leader.ErrorCode);

        var polling = poller.FetchAsync(Requests.Fetch("t", 1, maxWaitMs: 300_000));
        var joining = second.SendAsync(Join(), 2, TestGuard.Limit, Token);
        var groups = rig.Services.GetRequiredService<Grains.Groups.GroupCoordinator>();
        await TestGuard.UntilAsync(() => groups.List(null, null).Groups.Any(group => group.State == "PreparingRebalance"), "the group waits");
        await TestGuard.UntilAsync(() => rig.Services.GetRequiredService<TimerWheel>().Count == 1, "the fetch waits");

        await rig.StopAsync();

        Assert.Empty((await polling).Only().Batches());
        Assert.Equal(ErrorCode.NotCoordinator, (await joining).ErrorCode);
    }

    [Fact]
    public async Task A_stop_ends_when_its_time_is_over_though_the_disk_does_not_answer()
    {
        await using var rig = await GatewayRig.StartAsync(new KafkaGatewayOptions { StopTimeout = TimeSpan.FromMilliseconds(200) });
        await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();
        await connection.ProduceAsync("t", TestBatch.Of(1));
        rig.Files.CloseGate();
        var produced = connection.ProduceAsync("t", TestBatch.Of(1));
        var replica = rig.Services.GetRequiredService<ReplicaRegistry>().Replicas.Single();
        await TestGuard.UntilAsync(() => replica.Describe().LogEndOffset == 2, "the batch is accepted");

        var since = Stopwatch.GetTimestamp();
        var stopping = rig.StopAsync();
        await Assert.ThrowsAsync<KafkaConnectionException>(() => produced);
        await TestGuard.UntilAsync(() => rig.Metrics.Connections == 0, "the connection is given up");
        // The system's timers count coarser milliseconds than the stopwatch.
        Assert.InRange(Stopwatch.GetElapsedTime(since), TimeSpan.FromMilliseconds(150), TestGuard.Limit);

        rig.Files.OpenGate();
        await stopping;
    }

    private static JoinGroupRequest Join() => new()
    {
        GroupId = "g",
        SessionTimeoutMs = 300_000,
        RebalanceTimeoutMs = 300_000,
        ProtocolType = "consumer",
        Protocols = [new JoinGroupRequest.JoinGroupRequestProtocol { Name = "range", Metadata = "m"u8.ToArray() }],
    };
}
