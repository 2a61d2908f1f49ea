using Actors.Gateway.Tests.Support;
using Actors.Grains.Partitions;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Actors.Kafka.Client;
using Actors.Kafka.Messages;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Gateway.Tests;

/// <summary>The topic store is put back from a copy that is older than the logs.</summary>
public sealed class RestoredStoreTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_producer_is_not_taken_for_one_that_the_store_has_forgotten()
    {
        await using var rig = await GatewayRig.StartAsync();
        var topic = await rig.CreateTopicAsync("t");
        var restore = rig.Topics.Backup();
        await rig.RestartAsync();
        long formerId;
        await using (var connection = await rig.ConnectAsync())
        {
            formerId = await NewProducerAsync(connection);
            Assert.Equal(0, (await connection.ProduceAsync("t", TestBatch.Of(1, formerId, 0, 0, tag: "former"))).BaseOffset);
        }

        await rig.RestartAsync(restore);

        await using var after = await rig.ConnectAsync();
        var producerId = await NewProducerAsync(after);
        var answer = await after.ProduceAsync("t", TestBatch.Of(1, producerId, 0, 0, tag: "later"));
        Assert.Equal((ErrorCode.None, 1L), (answer.ErrorCode, answer.BaseOffset));
        Assert.True(producerId > formerId);
        var former = (await after.FetchAsync(Requests.Fetch("t", 0))).Only().Batches()[0];
        var later = Assert.Single((await after.FetchAsync(Requests.Fetch("t", 1))).Only().Batches());
        Assert.Equal((formerId, producerId), (former.ProducerId, later.ProducerId));
        Assert.True(later.PartitionLeaderEpoch > former.PartitionLeaderEpoch, "both were appended under one leader epoch");
        Assert.True(rig.Services.GetRequiredService<ReplicaRegistry>().TryGet(new PartitionId(topic.Id, 0), out _));
    }

    [Fact]
    public async Task Logs_of_topics_that_the_store_has_forgotten_stay_and_are_named()
    {
        await using var rig = await GatewayRig.StartAsync();
        var restore = rig.Topics.Backup();
        var topic = await rig.CreateTopicAsync("forgotten");
        await using (var connection = await rig.ConnectAsync())
            await connection.ProduceAsync("forgotten", TestBatch.Of(3));

        await rig.RestartAsync(restore);

        var orphan = Assert.Single(rig.Services.GetRequiredService<Actors.Grains.BrokerStartup>().Orphans);
        Assert.Equal((topic.Id, "forgotten", 0), (orphan.TopicId, orphan.Topic, orphan.Partition));
        var kept = rig.Services.GetRequiredService<Actors.Log.LogStore>().Summarize().Single(log => log.Description.Id == orphan.Id);
        Assert.Equal((0, 3), (kept.StartOffset, kept.EndOffset));
        await using var after = await rig.ConnectAsync();
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await after.ProduceAsync("forgotten", TestBatch.Of(1))).ErrorCode);
    }

    private static async Task<long> NewProducerAsync(KafkaConnection connection)
    {
        var init = await connection.SendAsync(new InitProducerIdRequest { TransactionalId = null, TransactionTimeoutMs = 60_000 }, Token);
        Assert.Equal(ErrorCode.None, init.ErrorCode);
        return init.ProducerId;
    }
}
