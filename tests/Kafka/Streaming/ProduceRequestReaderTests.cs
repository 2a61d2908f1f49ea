using Actors.Harness;
using Actors.Kafka.Messages;
using Actors.Kafka.Tests.Model;

namespace Actors.Kafka.Tests.Streaming;

public sealed class ProduceRequestReaderTests
{
    private static readonly MessageCodec Codec = ProtocolTable.Codec("ProduceRequest");

    public static TheoryData<short> Versions => [.. Enumerable.Range(0, 14).Select(v => (short)v)];

    [Theory]
    [MemberData(nameof(Versions))]
    public void It_sees_what_the_codec_sees(short version)
    {
        for (var round = 0; round < Seeds.Count(300, 20_000); round++)
        {
            var bytes = Sample(version, round);
            Assert.Equal(Describe(KafkaMessage.Read<ProduceRequest>(bytes, version)), Walk(bytes, version, out var failure));
            Assert.Equal(Malformation.None, failure);
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void It_refuses_exactly_what_the_codec_refuses(short version)
    {
        var refused = 0;
        var accepted = 0;
        var random = new Random(version);
        for (var round = 0; round < Seeds.Count(3000, 100_000); round++)
        {
            var bytes = Sample(version, round);
            for (var changes = random.Next(1, 4); changes > 0 && bytes.Length > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)(random.Next(3) == 0 ? random.Next(256) : random.Next(-2, 6));
            }

            if (random.Next(3) == 0)
            {
                bytes = bytes[..random.Next(bytes.Length + 1)];
            }

            var expected = KafkaMessage.TryRead<ProduceRequest>(bytes, version, out var request);
            var walked = Walk(bytes, version, out var failure);
            Assert.True(expected == failure, $"v{version} round {round}: codec {expected}, walker {failure}: {Convert.ToHexString(bytes)}");
            if (request is null)
            {
                refused++;
            }
            else
            {
                accepted++;
                Assert.Equal(Describe(request), walked);
            }
        }

        Assert.True(refused > 100 && accepted > 100, $"{refused} refused, {accepted} accepted.");
    }

    [Fact]
    public void Topics_can_be_left_before_their_last_partition()
    {
        var request = new ProduceRequest
        {
            TopicData =
            [
                new() { Name = "a", PartitionData = [new() { Index = 1 }, new() { Index = 2 }, new() { Index = 3 }] },
                new() { Name = "b", PartitionData = [] },
                new() { Name = "c", PartitionData = [new() { Index = 4 }] },
            ],
        };
        var reader = new ProduceRequestReader(KafkaMessage.ToArray(request, 9), 9);
        Assert.False(reader.ReadPartition());
        Assert.True(reader.ReadTopic());
        Assert.Equal(3, reader.PartitionCount);
        Assert.True(reader.ReadPartition());
        Assert.True(reader.ReadTopic());
        Assert.True(reader.TopicNameUtf8.Span.SequenceEqual("b"u8));
        Assert.False(reader.ReadPartition());
        Assert.True(reader.ReadTopic());
        Assert.True(reader.ReadPartition());
        Assert.Equal(4, reader.PartitionIndex);
        Assert.False(reader.ReadTopic());
        Assert.False(reader.ReadTopic());
        Assert.False(reader.ReadPartition());
        Assert.False(reader.HasFailed);
    }

    [Fact]
    public void It_does_not_allocate_and_does_not_copy_records()
    {
        var records = new byte[100_000];
        var request = new ProduceRequest
        {
            TransactionalId = "tx",
            Acks = -1,
            TopicData = [.. Enumerable.Range(0, 20).Select(t => new ProduceRequest.TopicProduceData
            {
                Name = $"topic-{t}",
                PartitionData = [.. Enumerable.Range(0, 20).Select(p => new ProduceRequest.PartitionProduceData { Index = p, Records = records })],
            })],
        };
        foreach (var version in new short[] { 3, 8, 9, 11 })
        {
            var bytes = KafkaMessage.ToArray(request, version);
            Assert.Equal(400, Count(bytes, version));
            Assert.Equal(0, Allocations.FewestBytes(() => Count(bytes, version)));
        }
    }

    [Fact]
    public void A_version_that_does_not_exist_is_refused_by_name()
    {
        Assert.Throws<UnsupportedVersionException>(() => Walk([], -1, out _));
        Assert.Throws<UnsupportedVersionException>(() => Walk([], 14, out _));
    }

    private static int Count(byte[] bytes, short version)
    {
        var count = 0;
        var reader = new ProduceRequestReader(bytes, version);
        while (reader.ReadTopic())
        {
            while (reader.ReadPartition())
            {
                count += reader.Records.Length == 100_000 ? 1 : 0;
            }
        }

        return reader.HasFailed ? -1 : count;
    }

    private static byte[] Sample(short version, int round) =>
        KafkaMessage.ToArray(new MessageValues(Seeds.Of("walk", version, round)) { MaxElements = 4 }.Make(Codec, version), version);

    private static List<string> Walk(byte[] bytes, short version, out Malformation failure)
    {
        var reader = new ProduceRequestReader(bytes, version);
        List<string> seen =
        [
            $"{(reader.IsTransactional ? Convert.ToHexString(reader.TransactionalIdUtf8.Span) : "none")} {reader.Acks} {reader.TimeoutMs}",
        ];
        while (reader.ReadTopic())
        {
            seen.Add($"{Convert.ToHexString(reader.TopicNameUtf8.Span)} {reader.TopicId} {reader.PartitionCount}");
            while (reader.ReadPartition())
            {
                seen.Add($"{reader.PartitionIndex} {(reader.HasRecords ? Convert.ToHexString(reader.Records.Span) : "none")}");
            }
        }

        failure = reader.Failure;
        return seen;
    }

    private static List<string> Describe(ProduceRequest request)
    {
        static string Hex(string text) => Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(text));
        List<string> seen = [$"{(request.TransactionalId is { } id ? Hex(id) : "none")} {request.Acks} {request.TimeoutMs}"];
        foreach (var topic in request.TopicData)
        {
            seen.Add($"{Hex(topic.Name)} {topic.TopicId} {topic.PartitionData.Count}");
            seen.AddRange(topic.PartitionData.Select(p => $"{p.Index} {(p.Records is { } records ? Convert.ToHexString(records.Span) : "none")}"));
        }

        return seen;
    }
}
