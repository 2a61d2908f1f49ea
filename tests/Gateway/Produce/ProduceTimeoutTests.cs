using Actors.Gateway.Tests.Support;
using Actors.Grains.Partitions;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Actors.Kafka.Client;
using Actors.Kafka.Messages;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Gateway.Tests.Produce;

/// <summary>A produce whose time is over is answered as it stands, and what becomes of it later is nobody else's answer.</summary>
public sealed class ProduceTimeoutTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_partition_that_was_refused_is_not_told_that_its_time_is_over()
    {
        await using var rig = await StartAsync();
        await using var connection = await rig.ConnectAsync();
        rig.Files.CloseGate();
        var request = Requests.Produce("t", TestBatch.Of(1), timeoutMs: 50);
        request.TopicData[0].PartitionData.Add(new ProduceRequest.PartitionProduceData { Index = 7, Records = TestBatch.Of(1) });

        var answers = (await SendAsync(connection, request)).Responses[0].PartitionResponses;

        Assert.Equal(
            [(0, ErrorCode.RequestTimedOut), (7, ErrorCode.UnknownTopicOrPartition)], answers.Select(answer => (answer.Index, answer.ErrorCode)));
    }

    /// <summary>The replica still has the one that is late, in a queue with what came before and behind it.</summary>
    [Fact]
    public async Task The_requests_around_one_whose_time_is_over_get_their_own_answers()
    {
        await using var rig = await StartAsync();
        await using var connection = await rig.ConnectAsync();
        await using var other = await rig.ConnectAsync();
        var replica = rig.Services.GetRequiredService<ReplicaRegistry>().Replicas.Single();
        rig.Files.CloseGate();
        var late = SendAsync(connection, Requests.Produce("t", TestBatch.Of(1), timeoutMs: 500));
        await TestGuard.UntilAsync(() => replica.Describe().LogEndOffset == 2, "the one that will be late is appended");
        var between = other.ProduceAsync("t", TestBatch.Of(2));
        await TestGuard.UntilAsync(() => replica.Describe().LogEndOffset == 4, "another connection's is appended behind it");
        Assert.Equal(ErrorCode.RequestTimedOut, (await late).Responses[0].PartitionResponses[0].ErrorCode);

        var next = connection.ProduceAsync("t", TestBatch.Of(3));
        await TestGuard.UntilAsync(() => replica.Describe().LogEndOffset == 7, "the connection's next one is appended");
        rig.Files.OpenGate();

        var answers = await TestGuard.SoonAsync(Task.WhenAll(between, next), "both are answered when the disk goes on");
        Assert.Equal([(ErrorCode.None, 2L), (ErrorCode.None, 4L)], answers.Select(answer => (answer.ErrorCode, answer.BaseOffset)));
    }

    private static Task<ProduceResponse> SendAsync(KafkaConnection connection, ProduceRequest request) => connection.SendAsync(request, 9, TestGuard.Limit, Token);

    private static async Task<GatewayRig> StartAsync()
    {
        var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();
        await connection.ProduceAsync("t", TestBatch.Of(1));
        return rig;
    }
}
