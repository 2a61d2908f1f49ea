using Actors.Kafka;
using Actors.Kafka.Messages;
using Actors.Log;

namespace Actors.Cli.Tests;

/// <summary>One broker that keeps topics and records in memory, and judges batches with the log's own validator.</summary>
internal sealed class FakeCluster : IAsyncDisposable
{
    private readonly SortedDictionary<string, FakeTopic> _topics = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public FakeCluster(short highestFetch = 17, short highestProduce = 11)
    {
        Broker.Answer<MetadataRequest>(ApiKey.Metadata, 0, 12, Describe);
        Broker.Answer<CreateTopicsRequest>(ApiKey.CreateTopics, 0, 7, Create);
        Broker.Answer<DeleteTopicsRequest>(ApiKey.DeleteTopics, 0, 6, Delete);
        Broker.Answer<ListOffsetsRequest>(ApiKey.ListOffsets, 0, 7, ListOffsets);
        Broker.Answer<ProduceRequest>(ApiKey.Produce, 0, highestProduce, Produce);
        Broker.Answer<FetchRequest>(ApiKey.Fetch, 4, highestFetch, FetchAsync);
    }

    public FakeBroker Broker { get; } = new();

    /// <summary>Overrides what is answered to a produce request of this index (from 0).</summary>
    public Func<int, ErrorCode>? ProduceError { get; set; }

    public string[] Arguments(params string[] command) => [.. command, "--bootstrap", Broker.Address];

    public FakeTopic AddTopic(string name, int partitions = 1)
    {
        lock (_gate)
        {
            return _topics[name] = new FakeTopic(name, new Guid(_topics.Count + 1, 0, 0, new byte[8]), partitions);
        }
    }

    public FakeTopic Topic(string name)
    {
        lock (_gate)
        {
            return _topics[name];
        }
    }

    public async ValueTask DisposeAsync()
    {
        _stopped.TrySetResult();
        await Broker.DisposeAsync();
    }

    private MetadataResponse Describe(MetadataRequest request)
    {
        lock (_gate)
        {
            var names = request.Topics?.Select(topic => topic.Name!) ?? _topics.Keys;
            return new MetadataResponse
            {
                ClusterId = "fake",
                ControllerId = 1,
                Brokers = [new() { NodeId = 1, Host = "127.0.0.1", Port = Broker.Port }],
                Topics = [.. names.Select(name => _topics.TryGetValue(name, out var topic)
                    ? topic.ToMetadata()
                    : new MetadataResponse.MetadataResponseTopic { Name = name, ErrorCode = ErrorCode.UnknownTopicOrPartition })],
            };
        }
    }

    private CreateTopicsResponse Create(CreateTopicsRequest request)
    {
        lock (_gate)
        {
            return new CreateTopicsResponse { Topics = [.. request.Topics.Select(Create)] };
        }
    }

    private CreateTopicsResponse.CreatableTopicResult Create(CreateTopicsRequest.CreatableTopic wanted)
    {
        if (_topics.ContainsKey(wanted.Name))
        {
            return new() { Name = wanted.Name, ErrorCode = ErrorCode.TopicAlreadyExists, ErrorMessage = $"Topic '{wanted.Name}' already exists." };
        }

        if (wanted.ReplicationFactor > 1)
        {
            return new() { Name = wanted.Name, ErrorCode = ErrorCode.InvalidReplicationFactor, ErrorMessage = "There is 1 broker" };
        }

        var topic = AddTopic(wanted.Name, wanted.NumPartitions < 0 ? 2 : wanted.NumPartitions);
        topic.Configs.AddRange(wanted.Configs.Select(config => (config.Name, config.Value)));
        return new() { Name = wanted.Name, TopicId = topic.Id };
    }

    private DeleteTopicsResponse Delete(DeleteTopicsRequest request)
    {
        lock (_gate)
        {
            var names = request.Topics.Count > 0 ? request.Topics.Select(topic => topic.Name!) : request.TopicNames;
            return new DeleteTopicsResponse
            {
                Responses = [.. names.Select(name => new DeleteTopicsResponse.DeletableTopicResult
                {
                    Name = name,
                    ErrorCode = _topics.Remove(name) ? ErrorCode.None : ErrorCode.UnknownTopicOrPartition,
                })],
            };
        }
    }

    private ListOffsetsResponse ListOffsets(ListOffsetsRequest request)
    {
        lock (_gate)
        {
            return new ListOffsetsResponse
            {
                Topics = [.. request.Topics.Select(topic => new ListOffsetsResponse.ListOffsetsTopicResponse
                {
                    Name = topic.Name,
                    Partitions = [.. topic.Partitions.Select(partition => new ListOffsetsResponse.ListOffsetsPartitionResponse
                    {
                        PartitionIndex = partition.PartitionIndex,
                        Offset = partition.Timestamp == -2 ? _topics[topic.Name].Start : _topics[topic.Name].End(partition.PartitionIndex),
                    })],
                })],
            };
        }
    }

    private ProduceResponse Produce(ProduceRequest request)
    {
        lock (_gate)
        {
            var asked = Assert.Single(request.TopicData);
            var topic = _topics[asked.Name];
            var partition = Assert.Single(asked.PartitionData);
            var error = ProduceError?.Invoke(topic.ProduceRequests++) ?? ErrorCode.None;
            if (error == ErrorCode.None)
            {
                Assert.Equal(BatchError.None, RecordBatchValidator.Validate(partition.Records!.Value.Span, BatchLimits.ForClients, out _));
                topic.Append(partition.Index, partition.Records.Value.ToArray());
            }

            return new ProduceResponse
            {
                Responses = [new() { Name = asked.Name, PartitionResponses = [new() { Index = partition.Index, ErrorCode = error, BaseOffset = 0 }] }],
            };
        }
    }

    private async Task<IKafkaResponse?> FetchAsync(FetchRequest request, short version)
    {
        var asked = Assert.Single(request.Topics);
        var partition = Assert.Single(asked.Partitions);
        FakeTopic topic;
        byte[] records;
        lock (_gate)
        {
            topic = version >= 13 ? _topics.Values.Single(known => known.Id == asked.TopicId) : _topics[asked.Topic];
            records = topic.Read(partition.Partition, partition.FetchOffset, partition.PartitionMaxBytes);
        }

        if (records.Length == 0)
        {
            await Task.WhenAny(_stopped.Task, Task.Delay(TimeSpan.FromMilliseconds(request.MaxWaitMs), TimeProvider.System));
        }

        return new FetchResponse
        {
            Responses =
            [
                new()
                {
                    Topic = topic.Name,
                    TopicId = topic.Id,
                    Partitions = [new() { PartitionIndex = partition.Partition, HighWatermark = topic.End(partition.Partition), Records = records }],
                },
            ],
        };
    }
}
