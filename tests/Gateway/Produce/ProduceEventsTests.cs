using Actors.Gateway.Tests.Support;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Actors.Kafka.Messages;
using Microsoft.Extensions.Logging;

namespace Actors.Gateway.Tests.Produce;

/// <summary>Who follows one record at level Debug sees its stations with their figures; nobody else pays for them.</summary>
public sealed class ProduceEventsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(0)]
    public async Task A_record_can_be_followed_from_the_socket_to_the_disk_and_back(short acks)
    {
        await using var rig = await GatewayRig.StartAsync(logLevel: LogLevel.Debug);
        await rig.CreateTopicAsync("t", partitions: 3);
        await using var connection = await rig.ConnectAsync();
        await connection.ProduceAsync("t", TestBatch.Of(5), partition: 2);
        rig.Log.Entries.Clear();
        var batch = TestBatch.Of(3);

        await connection.ProduceWithAsync(acks, "t", batch, partition: 2);
        await TestGuard.UntilAsync(() => rig.Log.Named("PRODUCE_COMPLETE").Any() && rig.Log.Named("WAL_COMMIT").Any(), "the events are there");

        string[] stations = acks == 0 ? ["PRODUCE_START", "LEADERSHIP_CHECK", "PRODUCE_COMPLETE"] : ["PRODUCE_START", "LEADERSHIP_CHECK", "WAL_COMMIT", "PRODUCE_COMPLETE"];
        Assert.Equal(stations, rig.Log.Entries.Select(entry => entry.EventName).Where(stations.Contains));
        foreach (var (name, offset) in new[] { ("PRODUCE_START", -1L), ("LEADERSHIP_CHECK", 5L), ("WAL_COMMIT", 8L), ("PRODUCE_COMPLETE", 5L) })
        {
            var entry = Assert.Single(rig.Log.Named(name));
            Assert.Equal(LogLevel.Debug, entry.Level);
            Assert.Equal(("t", 2, offset), (entry.Get<string>("Topic"), entry.Get<int>("Partition"), entry.Get<long>("Offset")));
            Assert.Equal(name == "WAL_COMMIT" ? 1 : 3, entry.Get<long>("BatchSize"));
            Assert.InRange(entry.Get<long>("Bytes"), batch.Length, name == "WAL_COMMIT" ? 4_096 : batch.Length);
            Assert.InRange(entry.Get<long>("Microseconds"), 0, 30_000_000);
            Assert.StartsWith(name, entry.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_refusal_is_told_too()
    {
        await using var rig = await GatewayRig.StartAsync(logLevel: LogLevel.Debug);
        await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();
        var request = Requests.Produce("t", TestBatch.Of(1));
        request.TopicData[0].PartitionData.Add(new ProduceRequest.PartitionProduceData { Index = 7, Records = new byte[] { 1, 2, 3 } });

        await connection.SendAsync(request, 9, TestGuard.Limit, Token);
        await TestGuard.UntilAsync(() => rig.Log.Named("PRODUCE_COMPLETE").Count() == 2, "both partitions are told");

        var refused = rig.Log.Named("PRODUCE_COMPLETE").Single(entry => entry.Get<int>("Partition") == 7);
        Assert.Equal((-1L, 0L, 3L), (refused.Get<long>("Offset"), refused.Get<long>("BatchSize"), refused.Get<long>("Bytes")));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, refused.Values["Error"]);
    }

    [Fact]
    public async Task At_information_nothing_is_said_and_nobody_is_asked_for_each_record()
    {
        await using var rig = await GatewayRig.StartAsync(logLevel: LogLevel.Information);
        await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync();
        await connection.ProduceAsync("t", TestBatch.Of(1));
        var request = Requests.Produce("t", TestBatch.Of(1));
        for (var index = 1; index < 500; index++)
            request.TopicData[0].PartitionData.Add(new ProduceRequest.PartitionProduceData { Index = 0, Records = TestBatch.Of(1) });
        rig.Log.Entries.Clear();
        var before = rig.Log.DebugQuestions;

        await connection.SendAsync(request, 9, TestGuard.Limit, Token);

        Assert.Empty(rig.Log.Entries);
        // One question for each read of the socket, however many batches it brought; a slow socket brings them in more reads.
        Assert.InRange(rig.Log.DebugQuestions - before, 1, 100);
    }
}
