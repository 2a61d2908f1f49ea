using System.Buffers;
using System.Text;
using Actors.Kafka.Messages;
using Actors.Kafka.Tests.Model;

namespace Actors.Kafka.Tests.Streaming;

public sealed class ResponseFormatTests
{
    public static TheoryData<short> ProduceVersions => [.. Enumerable.Range(0, 14).Select(v => (short)v)];

    public static TheoryData<short> FetchVersions => [.. Enumerable.Range(0, 19).Select(v => (short)v)];

    [Theory]
    [MemberData(nameof(ProduceVersions))]
    public void A_produce_response_in_pieces_is_the_codecs(short version)
    {
        var codec = ProtocolTable.Codec("ProduceResponse");
        for (var round = 0; round < Seeds.Count(300, 20_000); round++)
        {
            var response = (ProduceResponse)new MessageValues(Seeds.Of(codec.Name, version, round)).Make(codec, version);
            Assert.Equal(KafkaMessage.ToArray(response, version), Write(response, version, out var announced));
            Assert.Equal(response.SizeOf(version), announced);
        }
    }

    [Theory]
    [MemberData(nameof(FetchVersions))]
    public void A_fetch_response_in_pieces_is_the_codecs(short version)
    {
        var codec = ProtocolTable.Codec("FetchResponse");
        for (var round = 0; round < Seeds.Count(300, 20_000); round++)
        {
            var response = (FetchResponse)new MessageValues(Seeds.Of(codec.Name, version, round)).Make(codec, version);
            foreach (var partition in response.Responses.SelectMany(r => r.Partitions))
            {
                // Snapshots belong to controllers; the format does not have them.
                partition.SnapshotId = new();
            }

            Assert.Equal(KafkaMessage.ToArray(response, version), Write(response, version, out var announced));
            Assert.Equal(response.SizeOf(version), announced);
        }
    }

    [Fact]
    public void Versions_that_do_not_exist_are_refused_by_name()
    {
        Assert.All(new short[] { -1, 14 }, v => Assert.Throws<UnsupportedVersionException>(() => new ProduceResponseFormat(v)));
        Assert.All(new short[] { -1, 19 }, v => Assert.Throws<UnsupportedVersionException>(() => new FetchResponseFormat(v)));
    }

    [Fact]
    public void A_streamed_frame_is_the_codecs_frame()
    {
        var response = new FetchResponse { SessionId = 5, Responses = [new() { Topic = "t", Partitions = [new() { HighWatermark = 3, LastStableOffset = 3, LogStartOffset = 0, AbortedTransactions = null, Records = new byte[] { 1, 2, 3 } }] }] };
        foreach (var version in new short[] { 4, 11, 12 })
        {
            var expected = new ArrayBufferWriter<byte>();
            KafkaFrame.WriteResponse(expected, Session(response, version), version, 77);
            var body = Write(Session(response, version), version, out var bodyBytes);
            var output = new ArrayBufferWriter<byte>();
            var writer = new KafkaWriter(output);
            KafkaFrame.WriteResponseHead(ref writer, ApiKey.Fetch, version, 77, bodyBytes);
            writer.Flush();
            output.Write(body);
            Assert.Equal(expected.WrittenSpan, output.WrittenSpan);
        }
    }

    /// <summary>Sessions exist from version 7 on.</summary>
    private static FetchResponse Session(FetchResponse response, short version)
    {
        response.SessionId = version >= 7 ? 5 : 0;
        return response;
    }

    private static byte[] Write(ProduceResponse response, short version, out long announced)
    {
        var format = new ProduceResponseFormat(version);
        var output = new ArrayBufferWriter<byte>();
        var writer = new KafkaWriter(output);
        announced = format.StartBytes(response.Responses.Count) + format.EndBytes(response.NodeEndpoints);
        format.WriteStart(ref writer, response.Responses.Count);
        foreach (var topic in response.Responses)
        {
            var name = Encoding.UTF8.GetBytes(topic.Name);
            announced += format.TopicBytes(name.Length, topic.PartitionResponses.Count);
            format.WriteTopicStart(ref writer, name, topic.TopicId, topic.PartitionResponses.Count);
            foreach (var partition in topic.PartitionResponses.Select(Convert))
            {
                announced += format.PartitionBytes(partition);
                format.WritePartition(ref writer, partition);
            }

            format.WriteTopicEnd(ref writer);
        }

        format.WriteEnd(ref writer, response.ThrottleTimeMs, response.NodeEndpoints);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Write(FetchResponse response, short version, out long announced)
    {
        var format = new FetchResponseFormat(version);
        var output = new ArrayBufferWriter<byte>();
        var writer = new KafkaWriter(output);
        announced = format.StartBytes(response.Responses.Count) + format.EndBytes(response.NodeEndpoints);
        format.WriteStart(ref writer, response.ThrottleTimeMs, response.ErrorCode, response.SessionId, response.Responses.Count);
        foreach (var topic in response.Responses)
        {
            var name = Encoding.UTF8.GetBytes(topic.Topic);
            announced += format.TopicBytes(name.Length, topic.Partitions.Count);
            format.WriteTopicStart(ref writer, name, topic.TopicId, topic.Partitions.Count);
            foreach (var partition in topic.Partitions)
            {
                var head = Convert(partition);
                announced += format.PartitionBytes(head);
                format.WritePartitionStart(ref writer, head);

                // The records go to the output beside the writer, as from a lease.
                writer.Flush();
                output.Write(partition.Records.GetValueOrDefault().Span);
                writer = new KafkaWriter(output);
                format.WritePartitionEnd(ref writer, head);
            }

            format.WriteTopicEnd(ref writer);
        }

        format.WriteEnd(ref writer, response.NodeEndpoints);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    private static ProducePartition Convert(ProduceResponse.PartitionProduceResponse partition) => new()
    {
        Index = partition.Index,
        ErrorCode = partition.ErrorCode,
        BaseOffset = partition.BaseOffset,
        LogAppendTimeMs = partition.LogAppendTimeMs,
        LogStartOffset = partition.LogStartOffset,
        RecordErrors = partition.RecordErrors,
        ErrorMessage = partition.ErrorMessage,
        CurrentLeaderId = partition.CurrentLeader.LeaderId,
        CurrentLeaderEpoch = partition.CurrentLeader.LeaderEpoch,
    };

    private static FetchPartition Convert(FetchResponse.PartitionData partition) => new()
    {
        Index = partition.PartitionIndex,
        ErrorCode = partition.ErrorCode,
        HighWatermark = partition.HighWatermark,
        LastStableOffset = partition.LastStableOffset,
        LogStartOffset = partition.LogStartOffset,
        AbortedTransactions = partition.AbortedTransactions,
        PreferredReadReplica = partition.PreferredReadReplica,
        DivergingEpoch = partition.DivergingEpoch.Epoch,
        DivergingEndOffset = partition.DivergingEpoch.EndOffset,
        CurrentLeaderId = partition.CurrentLeader.LeaderId,
        CurrentLeaderEpoch = partition.CurrentLeader.LeaderEpoch,
        RecordsBytes = partition.Records?.Length ?? -1,
    };
}
