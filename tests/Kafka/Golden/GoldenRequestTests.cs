using System.Buffers;
using Actors.Kafka.Messages;
using Actors.Kafka.Tests.Model;

namespace Actors.Kafka.Tests.Golden;

/// <summary>What real clients send is read, and written again byte for byte.</summary>
public sealed class GoldenRequestTests
{
    [Fact]
    public void Every_recorded_request_is_read_and_written_again_byte_for_byte()
    {
        var count = 0;
        foreach (var golden in GoldenRequest.ReadAll())
        {
            count++;
            var (header, request) = Parse(golden);
            Assert.Equal((golden.ApiKey, golden.Version), (header.ApiKey, header.Version));
            var output = new ArrayBufferWriter<byte>();
            var written = KafkaFrame.WriteRequest(output, request, header.Version, header.CorrelationId, header.ClientIdUtf8);
            Assert.Equal(golden.Frame.Length + KafkaFrame.PrefixBytes, written);
            Assert.True(output.WrittenSpan[KafkaFrame.PrefixBytes..].SequenceEqual(golden.Frame), $"{golden}: {Convert.ToHexString(output.WrittenSpan)}");

            var codec = ProtocolTable.Codec($"{golden.ApiKey}Request");
            var body = golden.Frame[^request.SizeOf(header.Version)..];
            Assert.Equal(body, ReferenceEncoder.Encode(codec, request, header.Version));
        }

        Assert.True(count >= 60, $"Only {count} recorded requests.");
    }

    [Fact]
    public void Every_recorded_request_cut_at_every_byte_is_refused()
    {
        foreach (var golden in GoldenRequest.ReadAll())
        {
            for (var length = 0; length < golden.Frame.Length; length++)
            {
                var reader = new KafkaReader(golden.Frame.AsMemory(0, length));
                if (RequestHeader.TryRead(ref reader, out var header))
                {
                    ApiTable.Get(header.ApiKey).ReadRequest(ref reader, header.Version);
                }

                Assert.True(reader.HasFailed, $"{golden} cut at {length} of {golden.Frame.Length} was accepted.");
            }
        }
    }

    [Fact]
    public void The_recorded_requests_come_from_every_client_and_cover_a_records_way()
    {
        var recorded = GoldenRequest.ReadAll().ToList();
        var clients = recorded.Select(g => g.Client.Split('-')[0]).ToHashSet();
        Assert.Superset(new HashSet<string> { "kcat", "kafka", "kafkajs", "platformatic" }, clients);
        ApiKey[] needed =
        [
            ApiKey.ApiVersions, ApiKey.Metadata, ApiKey.Produce, ApiKey.Fetch, ApiKey.ListOffsets, ApiKey.FindCoordinator,
            ApiKey.JoinGroup, ApiKey.SyncGroup, ApiKey.Heartbeat, ApiKey.LeaveGroup, ApiKey.OffsetFetch, ApiKey.OffsetCommit, ApiKey.InitProducerId,
        ];
        Assert.Superset(needed.ToHashSet(), recorded.Select(g => g.ApiKey).ToHashSet());
    }

    [Fact]
    public void Produced_records_are_where_the_clients_put_them()
    {
        var produced = 0;
        foreach (var golden in GoldenRequest.ReadAll().Where(g => g.ApiKey == ApiKey.Produce))
        {
            var request = Assert.IsType<ProduceRequest>(Parse(golden).Request);
            var partition = Assert.Single(Assert.Single(request.TopicData).PartitionData);
            var batch = partition.Records!.Value.Span;
            Assert.Equal(2, batch[16]);
            Assert.True(batch.IndexOf("golden"u8) >= 0, $"{golden}: no golden record in {Convert.ToHexString(batch)}");
            produced++;
        }

        Assert.True(produced >= 4, $"{produced} produce requests.");
    }

    [Fact]
    public void Clients_name_themselves()
    {
        foreach (var golden in GoldenRequest.ReadAll().Where(g => g is { ApiKey: ApiKey.ApiVersions, Version: >= 3 }))
        {
            var request = Assert.IsType<ApiVersionsRequest>(Parse(golden).Request);
            Assert.NotEqual("", request.ClientSoftwareName);
            Assert.NotEqual("", request.ClientSoftwareVersion);
        }
    }

    private static (RequestHeader Header, IKafkaRequest Request) Parse(GoldenRequest golden)
    {
        var reader = new KafkaReader(golden.Frame);
        Assert.True(RequestHeader.TryRead(ref reader, out var header), $"{golden}: the header is refused.");
        var request = ApiTable.Get(header.ApiKey).ReadRequest(ref reader, header.Version);
        Assert.True(!reader.HasFailed, $"{golden}: {reader.Failure} at {reader.FailurePosition}");
        Assert.True(reader.Remaining == 0, $"{golden} leaves {reader.Remaining} bytes.");
        return (header, request);
    }
}
