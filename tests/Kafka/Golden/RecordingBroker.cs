using System.Text;
using Actors.Kafka.Messages;

namespace Actors.Kafka.Tests.Golden;

/// <summary>
/// Answers just well enough for a client to go on, as the only node of a cluster with one partition a topic, and remembers
/// what was produced to hand it to consumers. It is not a broker: it exists so that real clients show what they send.
/// </summary>
internal sealed class RecordingBroker(string host, int port, int versionsBack)
{
    private const string Member = "member-1";
    private static readonly Guid TopicId = new("6b1f3c5e-0a52-4f0c-9d0e-5a5a5a5a5a5a");

    private readonly Lock _gate = new();
    private readonly HashSet<string> _topics = new(StringComparer.Ordinal) { "golden" };
    private ReadOnlyMemory<byte>? _records;
    private ReadOnlyMemory<byte> _assignment;
    private int _generation;

    /// <summary>The first request of every API and version.</summary>
    public Dictionary<(ApiKey Key, short Version), byte[]> Recorded { get; } = [];

    public IKafkaResponse? Answer(RequestHeader header, IKafkaRequest request, byte[] frame)
    {
        lock (_gate)
        {
            Recorded.TryAdd((header.ApiKey, header.Version), frame);
            return request switch
            {
                ApiVersionsRequest => Versions(),
                MetadataRequest metadata => Metadata(metadata, header.Version),
                ProduceRequest produce => Produce(produce),
                FetchRequest fetch => Fetch(fetch, header.Version),
                ListOffsetsRequest list => ListOffsets(list, header.Version),
                FindCoordinatorRequest find => FindCoordinator(find, header.Version),
                JoinGroupRequest join => Join(join, header.Version),
                SyncGroupRequest sync => Sync(sync, header.Version),
                OffsetFetchRequest offsets => OffsetFetch(offsets, header.Version),
                OffsetCommitRequest commit => new OffsetCommitResponse { Topics = [.. commit.Topics.Select(t => new OffsetCommitResponse.OffsetCommitResponseTopic { Name = t.Name, Partitions = [.. t.Partitions.Select(p => new OffsetCommitResponse.OffsetCommitResponsePartition { PartitionIndex = p.PartitionIndex })] })] },
                LeaveGroupRequest leave => new LeaveGroupResponse { Members = header.Version >= 3 ? [.. leave.Members.Select(m => new LeaveGroupResponse.MemberResponse { MemberId = m.MemberId, GroupInstanceId = m.GroupInstanceId })] : [] },
                InitProducerIdRequest => new InitProducerIdResponse { ProducerId = 4000, ProducerEpoch = 0 },
                CreateTopicsRequest create => new CreateTopicsResponse { Topics = [.. create.Topics.Select(t => new CreateTopicsResponse.CreatableTopicResult { Name = Add(t.Name), ErrorMessage = null, NumPartitions = 1, ReplicationFactor = 1 })] },
                DeleteTopicsRequest delete => new DeleteTopicsResponse { Responses = [.. delete.TopicNames.Concat(delete.Topics.Select(t => t.Name!)).Select(n => new DeleteTopicsResponse.DeletableTopicResult { Name = n })] },
                DescribeGroupsRequest describe => new DescribeGroupsResponse { Groups = [.. describe.Groups.Select(g => new DescribeGroupsResponse.DescribedGroup { GroupId = g, GroupState = "Empty", ProtocolType = "consumer" })] },
                ListGroupsRequest => new ListGroupsResponse { Groups = [new() { GroupId = "golden-group", ProtocolType = "consumer" }] },
                DeleteGroupsRequest delete => new DeleteGroupsResponse { Results = [.. delete.GroupsNames.Select(g => new DeleteGroupsResponse.DeletableGroupResult { GroupId = g })] },
                DescribeConfigsRequest describe => new DescribeConfigsResponse { Results = [.. describe.Resources.Select(r => new DescribeConfigsResponse.DescribeConfigsResult { ResourceName = r.ResourceName, ResourceType = r.ResourceType, ErrorMessage = null })] },
                AlterConfigsRequest alter => new AlterConfigsResponse { Responses = [.. alter.Resources.Select(r => new AlterConfigsResponse.AlterConfigsResourceResponse { ResourceName = r.ResourceName, ResourceType = r.ResourceType, ErrorMessage = null })] },
                CreatePartitionsRequest create => new CreatePartitionsResponse { Results = [.. create.Topics.Select(t => new CreatePartitionsResponse.CreatePartitionsTopicResult { Name = t.Name, ErrorMessage = null })] },
                DeleteRecordsRequest delete => new DeleteRecordsResponse { Topics = [.. delete.Topics.Select(t => new DeleteRecordsResponse.DeleteRecordsTopicResult { Name = t.Name, Partitions = [.. t.Partitions.Select(p => new DeleteRecordsResponse.DeleteRecordsPartitionResult { PartitionIndex = p.PartitionIndex })] })] },
                _ => (IKafkaResponse)Activator.CreateInstance(Model.ProtocolTable.TypeOf($"{header.ApiKey}Response"))!,
            };
        }
    }

    private static (short Lowest, short Highest) Served(ApiKey key) => key switch
    {
        ApiKey.Produce => (0, 11),
        ApiKey.Fetch => (4, 17),
        ApiKey.OffsetCommit => (1, 8),
        ApiKey.OffsetFetch => (1, 8),
        ApiKey.ConsumerGroupHeartbeat => (0, -1),
        ApiKey.InitProducerId => (0, 4),
        ApiKey.Metadata => (0, 12),
        ApiKey.ListOffsets => (0, 9),
        _ => (ApiTable.Get(key).LowestVersion, ApiTable.Get(key).HighestVersion),
    };

    private ApiVersionsResponse Versions()
    {
        var response = new ApiVersionsResponse();
        foreach (var api in ApiTable.All)
        {
            var (lowest, highest) = Served(api.Key);
            highest = Math.Max(lowest, (short)(highest - versionsBack));
            if (highest >= 0 && Served(api.Key).Highest >= 0)
            {
                response.ApiKeys.Add(new() { ApiKey = (short)api.Key, MinVersion = lowest, MaxVersion = highest });
            }
        }

        return response;
    }

    private MetadataResponse Metadata(MetadataRequest request, short version)
    {
        foreach (var topic in request.Topics ?? [])
        {
            Add(topic.Name ?? "golden");
        }

        return new MetadataResponse
        {
            Brokers = [new() { NodeId = 0, Host = host, Port = port }],
            ControllerId = 0,
            ClusterId = "golden-cluster",
            Topics =
            [
                .. _topics.Where(t => request.Topics is null || (version == 0 && request.Topics.Count == 0) || request.Topics.Exists(r => (r.Name ?? "golden") == t)).Select(t => new MetadataResponse.MetadataResponseTopic
                {
                    Name = t,
                    TopicId = TopicId,
                    Partitions = [new() { PartitionIndex = 0, LeaderId = 0, LeaderEpoch = 0, ReplicaNodes = [0], IsrNodes = [0] }],
                }),
            ],
        };
    }

    private ProduceResponse? Produce(ProduceRequest request)
    {
        _records = request.TopicData[0].PartitionData[0].Records;
        return request.Acks == 0 ? null : new ProduceResponse
        {
            Responses = [.. request.TopicData.Select(t => new ProduceResponse.TopicProduceResponse { Name = t.Name, TopicId = t.TopicId, PartitionResponses = [.. t.PartitionData.Select(p => new ProduceResponse.PartitionProduceResponse { Index = p.Index, BaseOffset = 0, LogStartOffset = 0 })] })],
        };
    }

    private FetchResponse Fetch(FetchRequest request, short version) => new()
    {
        Responses =
        [
            .. request.Topics.Select(t => new FetchResponse.FetchableTopicResponse
            {
                Topic = t.Topic,
                TopicId = t.TopicId,
                Partitions = [.. t.Partitions.Select(p => new FetchResponse.PartitionData
                {
                    PartitionIndex = p.Partition,
                    HighWatermark = 1,
                    LastStableOffset = 1,
                    LogStartOffset = 0,
                    AbortedTransactions = version >= 4 ? null : [],
                    Records = p.FetchOffset == 0 ? _records ?? ReadOnlyMemory<byte>.Empty : ReadOnlyMemory<byte>.Empty,
                })],
            }),
        ],
    };

    private static ListOffsetsResponse ListOffsets(ListOffsetsRequest request, short version) => new()
    {
        Topics =
        [
            .. request.Topics.Select(t => new ListOffsetsResponse.ListOffsetsTopicResponse
            {
                Name = t.Name,
                Partitions = [.. t.Partitions.Select(p => new ListOffsetsResponse.ListOffsetsPartitionResponse
                {
                    PartitionIndex = p.PartitionIndex,
                    Offset = version == 0 ? -1 : p.Timestamp == -2 ? 0 : 1,
                    OldStyleOffsets = version == 0 ? [p.Timestamp == -2 ? 0 : 1] : [],
                })],
            }),
        ],
    };

    private FindCoordinatorResponse FindCoordinator(FindCoordinatorRequest request, short version) => version >= 4
        ? new() { Coordinators = [.. request.CoordinatorKeys.Select(k => new FindCoordinatorResponse.Coordinator { Key = k, NodeId = 0, Host = host, Port = port, ErrorMessage = null })] }
        : new() { NodeId = 0, Host = host, Port = port, ErrorMessage = null };

    private JoinGroupResponse Join(JoinGroupRequest request, short version)
    {
        if (version >= 4 && request.MemberId.Length == 0 && request.GroupInstanceId is null)
        {
            return new() { ErrorCode = ErrorCode.MemberIdRequired, MemberId = Member, ProtocolName = version >= 7 ? null : "" };
        }

        return new()
        {
            GenerationId = ++_generation,
            ProtocolType = "consumer",
            ProtocolName = request.Protocols[0].Name,
            Leader = Member,
            MemberId = Member,
            Members = [new() { MemberId = Member, GroupInstanceId = request.GroupInstanceId, Metadata = request.Protocols[0].Metadata }],
        };
    }

    private SyncGroupResponse Sync(SyncGroupRequest request, short version)
    {
        _assignment = request.Assignments.Count > 0 ? request.Assignments[0].Assignment : _assignment;
        return new() { Assignment = _assignment, ProtocolType = version >= 5 ? request.ProtocolType : null, ProtocolName = version >= 5 ? request.ProtocolName : null };
    }

    private static OffsetFetchResponse OffsetFetch(OffsetFetchRequest request, short version) => version >= 8
        ? new() { Groups = [.. request.Groups.Select(g => new OffsetFetchResponse.OffsetFetchResponseGroup { GroupId = g.GroupId, Topics = [.. (g.Topics ?? []).Select(t => new OffsetFetchResponse.OffsetFetchResponseTopics { Name = t.Name, Partitions = [.. t.PartitionIndexes.Select(p => new OffsetFetchResponse.OffsetFetchResponsePartitions { PartitionIndex = p, CommittedOffset = -1, Metadata = "" })] })] })] }
        : new() { Topics = [.. (request.Topics ?? []).Select(t => new OffsetFetchResponse.OffsetFetchResponseTopic { Name = t.Name, Partitions = [.. t.PartitionIndexes.Select(p => new OffsetFetchResponse.OffsetFetchResponsePartition { PartitionIndex = p, CommittedOffset = -1, Metadata = "" })] })] };

    private string Add(string topic)
    {
        _topics.Add(topic);
        return topic;
    }

    /// <summary>What was recorded, as the lines of a golden file.</summary>
    public string Lines(string client)
    {
        lock (_gate)
        {
            var text = new StringBuilder($"# What {client} sends: API VERSION HEX, header and body. Recorded with Recorder.cs.\n");
            foreach (var ((key, version), frame) in Recorded.OrderBy(r => r.Key.Key).ThenBy(r => r.Key.Version))
            {
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{key} {version} {Convert.ToHexStringLower(frame)}\n");
            }

            return text.ToString();
        }
    }
}
