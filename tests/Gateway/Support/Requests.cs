using Actors.Kafka.Client;
using Actors.Kafka.Messages;
using Actors.Log;

namespace Actors.Gateway.Tests.Support;

/// <summary>Short forms of the requests that most tests send.</summary>
internal static class Requests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static ProduceRequest Produce(string topic, byte[] batch, short acks = -1, int partition = 0, int timeoutMs = 30_000) => new()
    {
        Acks = acks,
        TimeoutMs = timeoutMs,
        TopicData =
        [
            new ProduceRequest.TopicProduceData
            {
                Name = topic,
                PartitionData = [new ProduceRequest.PartitionProduceData { Index = partition, Records = batch }],
            },
        ],
    };

    public static async Task<ProduceResponse.PartitionProduceResponse> ProduceAsync(
        this KafkaConnection connection, string topic, byte[] batch, short acks = -1, int partition = 0, short version = 9)
    {
        var response = await connection.SendAsync(Produce(topic, batch, acks, partition), version, TimeSpan.FromSeconds(30), Token);
        var answered = Assert.Single(response.Responses);
        Assert.Equal(topic, answered.Name);
        var answer = Assert.Single(answered.PartitionResponses);
        Assert.Equal(partition, answer.Index);
        return answer;
    }

    /// <summary>Produces and, with acks=0, waits for no answer.</summary>
    public static Task ProduceWithAsync(this KafkaConnection connection, short acks, string topic, byte[] batch, int partition = 0) => acks == 0
        ? connection.PostAsync(Produce(topic, batch, acks, partition), 9, Token)
        : connection.ProduceAsync(topic, batch, acks, partition);

    public static FetchRequest Fetch(
        string topic, long offset, int maxWaitMs = 0, int minBytes = 1, int maxBytes = 1 << 20, int partition = 0, Guid topicId = default) => new()
        {
            MaxWaitMs = maxWaitMs,
            MinBytes = minBytes,
            MaxBytes = maxBytes,
            Topics =
        [
            new FetchRequest.FetchTopic
            {
                Topic = topic,
                TopicId = topicId,
                Partitions = [new FetchRequest.FetchPartition { Partition = partition, FetchOffset = offset, PartitionMaxBytes = maxBytes }],
            },
        ],
        };

    public static Task<FetchResponse> FetchAsync(this KafkaConnection connection, FetchRequest request, short version = 12) =>
        connection.SendAsync(request, version, TimeSpan.FromSeconds(30), Token);

    public static FetchResponse.PartitionData Only(this FetchResponse response) =>
        Assert.Single(Assert.Single(response.Responses).Partitions);

    public static List<RecordBatchHeader> Batches(this FetchResponse.PartitionData partition) =>
        Actors.Grains.Tests.Support.TestBatch.HeadersOf((partition.Records ?? default).Span);

    /// <summary>400 KB about topics that do not exist.</summary>
    public static MetadataRequest LargeMetadata() => new()
    {
        Topics = [.. Enumerable.Range(0, 2_000).Select(number => new MetadataRequest.MetadataRequestTopic { Name = $"{number}".PadLeft(200, 'x') })],
        AllowAutoTopicCreation = false,
    };
}
