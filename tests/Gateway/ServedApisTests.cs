using Actors.Gateway.Kafka;
using Actors.Gateway.Tests.Support;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Actors.Kafka.Client;
using Actors.Kafka.Messages;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Gateway.Tests;

public sealed class ServedApisTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0), InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public async Task ApiVersions_advertises_the_table_that_dispatch_goes_by(short version)
    {
        await using var rig = await GatewayRig.StartAsync();
        await using var connection = await rig.ConnectAsync();

        var response = await connection.SendAsync(
            new ApiVersionsRequest { ClientSoftwareName = "test", ClientSoftwareVersion = "1" }, version, TestGuard.Limit, Token);

        Assert.Equal(ErrorCode.None, response.ErrorCode);
        Assert.Equal(
            rig.Services.GetRequiredService<ServedApis>().All.Select(handler => ((short)handler.Key, handler.MinVersion, handler.MaxVersion)),
            response.ApiKeys.Select(api => (api.ApiKey, api.MinVersion, api.MaxVersion)));
    }

    /// <summary>Default requests are mostly refused; what counts is that each version is answered, and that the client can read it.</summary>
    [Fact]
    public async Task Every_version_that_is_advertised_is_answered()
    {
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        foreach (var handler in rig.Services.GetRequiredService<ServedApis>().All)
        {
            await using var connection = await KafkaRawConnection.ConnectAsync("127.0.0.1", rig.Port, 1 << 20, Token);
            for (var version = handler.MinVersion; version <= handler.MaxVersion; version++)
            {
                var api = ApiTable.Get(handler.Key);
                await connection.SendAsync(Sample(handler.Key, version), version, 1000 + version, Token);
                var frame = await connection.ReadFrameAsync(Token).AsTask().WaitAsync(TestGuard.Limit);
                Assert.True(frame is not null, $"{handler.Key} {version} is answered");
                Assert.True(TryRead(api, frame, version, out var correlationId), $"{handler.Key} {version} is well-formed");
                Assert.Equal(1000 + version, correlationId);
            }
        }
    }

    /// <summary>Written down once more, so that nothing is dropped or added by mistake: old clients take features from exact versions.</summary>
    [Fact]
    public async Task What_is_served_is_what_clients_rely_on()
    {
        await using var rig = await GatewayRig.StartAsync();
        await using var connection = await rig.ConnectAsync();

        var response = await connection.SendAsync(new ApiVersionsRequest(), 0, TestGuard.Limit, Token);

        Assert.Equal(
            [
                "Produce 0-11", "Fetch 4-17", "ListOffsets 0-7", "Metadata 0-12", "OffsetCommit 1-8", "OffsetFetch 1-8", "FindCoordinator 0-6",
                "JoinGroup 0-9", "Heartbeat 0-4", "LeaveGroup 0-5", "SyncGroup 0-5", "DescribeGroups 0-5", "ListGroups 0-5", "ApiVersions 0-4",
                "CreateTopics 0-7", "DeleteTopics 0-6", "InitProducerId 0-4", "DescribeConfigs 0-4", "DescribeCluster 0-1",
            ],
            response.ApiKeys.Select(api => $"{(ApiKey)api.ApiKey} {api.MinVersion}-{api.MaxVersion}"));
    }

    [Fact]
    public async Task An_unknown_version_of_ApiVersions_is_answered_in_version_0_with_the_list()
    {
        await using var rig = await GatewayRig.StartAsync();
        await using var connection = await KafkaRawConnection.ConnectAsync("127.0.0.1", rig.Port, 1 << 20, Token);

        // Key 18, version 99, correlation id 77, no client id, and what a later version may bring.
        await connection.SendAsync(new byte[] { 0, 0, 0, 12, 0, 18, 0, 99, 0, 0, 0, 77, 255, 255, 0, 0 }, Token);
        var frame = await connection.ReadFrameAsync(Token).AsTask().WaitAsync(TestGuard.Limit);

        Assert.NotNull(frame);
        var reader = new KafkaReader(frame);
        Assert.Equal(77, reader.ReadInt32());
        var response = ApiVersionsResponse.Read(ref reader, 0);
        Assert.False(reader.HasFailed);
        Assert.Equal(ErrorCode.UnsupportedVersion, response.ErrorCode);
        Assert.NotEmpty(response.ApiKeys);
    }

    [Theory]
    [InlineData(1, 99, 3004)]
    [InlineData(3, -1, 3004)]
    [InlineData(0, 12, 3004)]
    [InlineData(1, 3, 3004)]
    [InlineData(9999, 0, 3003)]
    [InlineData(-5, 0, 3003)]
    [InlineData(17, 1, 3003)]
    public async Task An_unknown_api_or_version_ends_that_connection_only_and_the_log_says_so(short key, short version, int eventId)
    {
        await using var rig = await GatewayRig.StartAsync();
        await using var healthy = await rig.ConnectAsync();
        await using var connection = await KafkaRawConnection.ConnectAsync("127.0.0.1", rig.Port, 1 << 20, Token);
        byte[] request = [0, 0, 0, 14, (byte)(key >> 8), (byte)key, (byte)(version >> 8), (byte)version, 0, 0, 0, 1, 255, 255, 0, 0, 0, 0];

        await connection.SendAsync(request, Token);

        Assert.Null(await connection.ReadFrameAsync(Token).AsTask().WaitAsync(TestGuard.Limit));
        var line = Assert.Single(rig.Log.Entries, entry => entry.EventId == eventId);
        Assert.Contains($"version {version}", line.Message, StringComparison.Ordinal);
        Assert.NotEmpty((await healthy.SendAsync(new MetadataRequest(), Token)).Brokers);
    }

    private static IKafkaRequest Sample(ApiKey key, short version) => key switch
    {
        ApiKey.Produce => Requests.Produce("t", TestBatch.Of(1)),
        ApiKey.Fetch => Requests.Fetch("t", 0, topicId: new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)),
        ApiKey.Metadata => new MetadataRequest { Topics = version == 0 ? [] : null },
        ApiKey.ListOffsets => new ListOffsetsRequest
        {
            ReplicaId = -1,
            Topics = [new ListOffsetsRequest.ListOffsetsTopic { Name = "t", Partitions = [new ListOffsetsRequest.ListOffsetsPartition { PartitionIndex = 0, Timestamp = -1 }] }],
        },
        ApiKey.CreateTopics => new CreateTopicsRequest { Topics = [new CreateTopicsRequest.CreatableTopic { Name = $"made-{version}", NumPartitions = 1, ReplicationFactor = 1 }], TimeoutMs = 1000 },
        ApiKey.DescribeConfigs => new DescribeConfigsRequest { Resources = [new DescribeConfigsRequest.DescribeConfigsResource { ResourceType = 2, ResourceName = "t", ConfigurationKeys = null }] },
        ApiKey.FindCoordinator => version >= 4
            ? new FindCoordinatorRequest { KeyType = 1, CoordinatorKeys = ["g"] }
            : new FindCoordinatorRequest { Key = "g", KeyType = (sbyte)(version >= 1 ? 1 : 0) },
        _ => NewRequest(key, version),
    };

    /// <summary>A request of which everything is at its default, made by reading zeros.</summary>
    private static IKafkaRequest NewRequest(ApiKey key, short version)
    {
        var reader = new KafkaReader(new byte[256]);
        return ApiTable.Get(key).ReadRequest(ref reader, version);
    }

    private static bool TryRead(ApiDescriptor api, byte[] frame, short version, out int correlationId)
    {
        var reader = new KafkaReader(frame);
        var ok = ResponseHeader.TryRead(ref reader, api.ResponseHeaderVersion(version), out var header);
        correlationId = header.CorrelationId;
        api.ReadResponse(ref reader, version);
        return ok && !reader.HasFailed && reader.Remaining == 0;
    }
}
