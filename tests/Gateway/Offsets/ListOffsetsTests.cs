using Actors.Gateway.Tests.Support;
using Actors.Grains;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Actors.Kafka.Client;
using Actors.Kafka.Messages;

namespace Actors.Gateway.Tests.Offsets;

/// <summary>Offsets by name and by time, with what each version may ask and hear.</summary>
public sealed class ListOffsetsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6), InlineData(7)]
    public async Task The_first_the_last_and_the_one_at_a_time(short version)
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();
        await connection.ProduceAsync("t", TestBatch.Of(3, timestampMs: 1_000));
        await connection.ProduceAsync("t", TestBatch.Of(3, timestampMs: 5_000));
        var epoch = version >= 4 ? 0 : -1;

        Assert.Equal((ErrorCode.None, 6L, -1L, epoch), await FindAsync(connection, version, -1));
        Assert.Equal((ErrorCode.None, 0L, -1L, epoch), await FindAsync(connection, version, -2));
        Assert.Equal((ErrorCode.None, 0L, 1_000L, epoch), await FindAsync(connection, version, 0));
        Assert.Equal((ErrorCode.None, 2L, 1_002L, epoch), await FindAsync(connection, version, 1_002));
        Assert.Equal((ErrorCode.None, 3L, 5_000L, epoch), await FindAsync(connection, version, 1_003));
        Assert.Equal((ErrorCode.None, -1L, -1L, -1), await FindAsync(connection, version, 5_003));
    }

    [Theory]
    [InlineData(0, -3)]
    [InlineData(6, -3)]
    [InlineData(7, -4)]
    [InlineData(7, -5)]
    [InlineData(7, -6)]
    [InlineData(7, -77)]
    public async Task A_special_time_that_the_version_does_not_have_is_refused(short version, long timestampMs)
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();
        await connection.ProduceAsync("t", TestBatch.Of(1));

        Assert.Equal(ErrorCode.UnsupportedVersion, (await FindAsync(connection, version, timestampMs)).Error);
    }

    [Fact]
    public async Task The_largest_time_is_found_wherever_it_stands()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();
        await connection.ProduceAsync("t", TestBatch.Of(2, timestampMs: 9_000));
        await connection.ProduceAsync("t", TestBatch.Of(2, timestampMs: 4_000));

        Assert.Equal((ErrorCode.None, 1L, 9_001L, 0), await FindAsync(connection, 7, -3));
    }

    [Theory]
    [InlineData(0, 3, new[] { 2L })]
    [InlineData(0, 0, new long[0])]
    public async Task The_oldest_version_has_a_list(short version, int wanted, long[] expected)
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();
        await connection.ProduceAsync("t", TestBatch.Of(2));
        var request = Ask(-1);
        request.Topics[0].Partitions[0].MaxNumOffsets = wanted;

        var answer = (await connection.SendAsync(request, version, TestGuard.Limit, Token)).Topics[0].Partitions[0];

        Assert.Equal(ErrorCode.None, answer.ErrorCode);
        Assert.Equal(expected, answer.OldStyleOffsets);
    }

    [Fact]
    public async Task Unknown_partitions_other_leaders_and_other_epochs_are_told()
    {
        await using var rig = await GatewayRig.StartAsync();
        rig.OtherBrokers.Add(new Broker(2, "elsewhere", 29092));
        await rig.CreateTopicAsync("t", placement: [1]);
        await rig.CreateTopicAsync("away", placement: [2]);
        await using var connection = await rig.ConnectAsync();

        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await FindAsync(connection, 7, -1, topic: "none")).Error);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await FindAsync(connection, 7, -1, partition: 1)).Error);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await FindAsync(connection, 7, -1, partition: -1)).Error);
        Assert.Equal(ErrorCode.NotLeaderOrFollower, (await FindAsync(connection, 7, -1, topic: "away")).Error);
        Assert.Equal(ErrorCode.UnknownLeaderEpoch, (await FindAsync(connection, 7, -1, epoch: 5)).Error);
        Assert.Equal(ErrorCode.None, (await FindAsync(connection, 7, -1, epoch: 0)).Error);
        await rig.RestartAsync();
        await using var after = await rig.ConnectAsync();
        Assert.Equal(ErrorCode.FencedLeaderEpoch, (await FindAsync(after, 7, -1, epoch: 0)).Error);
    }

    private static ListOffsetsRequest Ask(long timestampMs, string topic = "t", int partition = 0, int epoch = -1) => new()
    {
        ReplicaId = -1,
        Topics =
        [
            new ListOffsetsRequest.ListOffsetsTopic
            {
                Name = topic,
                Partitions =
                [
                    new ListOffsetsRequest.ListOffsetsPartition { PartitionIndex = partition, Timestamp = timestampMs, CurrentLeaderEpoch = epoch, MaxNumOffsets = 1 },
                ],
            },
        ],
    };

    private static async Task<(ErrorCode Error, long Offset, long TimestampMs, int Epoch)> FindAsync(
        KafkaConnection connection, short version, long timestampMs, string topic = "t", int partition = 0, int epoch = -1)
    {
        var response = await connection.SendAsync(Ask(timestampMs, topic, partition, epoch), version, TestGuard.Limit, Token);
        var answer = response.Topics.Single().Partitions.Single();
        return (answer.ErrorCode, answer.Offset, answer.Timestamp, answer.LeaderEpoch);
    }
}
