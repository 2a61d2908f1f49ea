using System.Buffers;
using Actors.Kafka.Messages;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.Kafka.Tests.Wire;

public sealed class FrameTests
{
    [Fact]
    public void The_same_frames_come_out_however_the_bytes_are_cut() =>
        Prop.ForAll(
            Gen.ListOf(Gen.Choose(0, 300)).ToArbitrary(),
            Gen.Choose(1, 40).ToArbitrary(),
            (sizes, piece) =>
            {
                var stream = new ArrayBufferWriter<byte>();
                foreach (var (size, index) in sizes.Select((s, i) => (s, i)))
                {
                    var writer = new KafkaWriter(stream);
                    writer.WriteBytes(Enumerable.Repeat((byte)index, size).ToArray(), compact: false);
                    writer.Flush();
                }

                var seen = new List<int>();
                var buffer = ReadOnlySequence<byte>.Empty;
                for (var arrived = 0; arrived <= stream.WrittenCount; arrived += piece)
                {
                    var end = Math.Min(arrived + piece, stream.WrittenCount);
                    buffer = Segment.Sequence([.. buffer.ToArray().Chunk(7), stream.WrittenSpan[arrived..end].ToArray()]);
                    while (KafkaFrame.TryRead(ref buffer, 300, out var frame) == OperationStatus.Done)
                    {
                        Assert.All(frame.ToArray(), b => Assert.Equal((byte)seen.Count, b));
                        seen.Add((int)frame.Length);
                    }
                }

                return seen.SequenceEqual(sizes) && buffer.IsEmpty;
            }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("", OperationStatus.NeedMoreData, 0)]
    [InlineData("000000", OperationStatus.NeedMoreData, 0)]
    [InlineData("00000003aabb", OperationStatus.NeedMoreData, 3)]
    [InlineData("00000003aabbcc", OperationStatus.Done, 3)]
    [InlineData("00000003aabbccdd", OperationStatus.Done, 3)]
    [InlineData("00000000", OperationStatus.Done, 0)]
    [InlineData("00000005", OperationStatus.InvalidData, 0)]
    [InlineData("ffffffff", OperationStatus.InvalidData, 0)]
    [InlineData("80000000", OperationStatus.InvalidData, 0)]
    [InlineData("474554202f", OperationStatus.InvalidData, 0)]
    public void Scanning_says_what_is_there(string hex, OperationStatus expected, int expectedBytes)
    {
        var bytes = Convert.FromHexString(hex);
        Assert.Equal(expected, KafkaFrame.TryScan(bytes, 4, out var frameBytes));
        Assert.Equal(expectedBytes, frameBytes);
        var sequence = new ReadOnlySequence<byte>(bytes);
        Assert.Equal(expected, KafkaFrame.TryRead(ref sequence, 4, out _));
    }

    [Fact]
    public void A_request_frame_is_size_header_and_body()
    {
        var output = new ArrayBufferWriter<byte>();
        var written = KafkaFrame.WriteRequest(output, new ApiVersionsRequest { ClientSoftwareName = "a", ClientSoftwareVersion = "1" }, 3, 7, "me"u8.ToArray());
        Assert.Equal("00000012" + "0012" + "0003" + "00000007" + "00026d65" + "00" + "0261" + "0231" + "00", Convert.ToHexStringLower(output.WrittenSpan));
        Assert.Equal(output.WrittenCount, written);
    }

    [Fact]
    public void Every_api_has_its_header_in_front()
    {
        foreach (var api in ApiTable.All)
        {
            for (var version = api.LowestVersion; version <= api.HighestVersion; version++)
            {
                var isFlexible = version >= api.FirstFlexibleVersion;
                Assert.Equal(isFlexible ? 2 : 1, api.RequestHeaderVersion(version));
                Assert.Equal(isFlexible && api.Key != ApiKey.ApiVersions ? 1 : 0, api.ResponseHeaderVersion(version));
            }
        }

        Assert.Equal(0, ApiTable.Get(ApiKey.ApiVersions).ResponseHeaderVersion(4));
    }

    [Theory]
    [InlineData("0003" + "0009" + "00000005" + "ffff" + "00", 2, null)]
    [InlineData("0003" + "0009" + "00000005" + "0000" + "00", 2, "")]
    [InlineData("0003" + "0008" + "00000005" + "0003616263", 1, "abc")]
    public void Request_headers_are_the_protocols(string hex, short headerVersion, string? clientId)
    {
        var bytes = Convert.FromHexString(hex);
        var reader = new KafkaReader(bytes);
        Assert.True(RequestHeader.TryRead(ref reader, out var header));
        Assert.Equal((ApiKey.Metadata, 5, clientId, 0), (header.ApiKey, header.CorrelationId, header.ClientId, reader.Remaining));
        Assert.Equal(bytes.Length, header.SizeOf(headerVersion));
        var output = new ArrayBufferWriter<byte>();
        var writer = new KafkaWriter(output);
        header.Write(ref writer, headerVersion);
        writer.Flush();
        Assert.Equal(bytes, output.WrittenSpan);
    }

    [Fact]
    public void Header_version_0_has_no_client_id()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new KafkaWriter(output);
        var header = new RequestHeader(ApiKey.Metadata, 0, 5, null);
        header.Write(ref writer, 0);
        writer.Flush();
        Assert.Equal("0003000000000005", Convert.ToHexStringLower(output.WrittenSpan));
        Assert.Equal(8, header.SizeOf(0));
    }

    [Fact]
    public void The_header_of_an_unknown_api_keeps_its_correlation_id()
    {
        var reader = new KafkaReader(Convert.FromHexString("0363" + "0001" + "0000002a" + "ff"));
        Assert.True(RequestHeader.TryRead(ref reader, out var header));
        Assert.Equal(((ApiKey)0x363, 1, 42, null), (header.ApiKey, header.Version, header.CorrelationId, header.ClientId));
    }

    [Fact]
    public void The_header_of_an_ApiVersions_from_the_future_can_be_read()
    {
        var reader = new KafkaReader(Convert.FromHexString("0012" + "0063" + "00000001" + "000161" + "01" + "07" + "02" + "aabb" + "ffff"));
        Assert.True(RequestHeader.TryRead(ref reader, out var header));
        Assert.Equal((99, "a", 2), (header.Version, header.ClientId, reader.Remaining));
    }

    [Fact]
    public void A_header_cut_at_every_byte_is_refused()
    {
        var bytes = Convert.FromHexString("0003" + "0009" + "00000005" + "0003616263" + "00");
        for (var length = 0; length < bytes.Length; length++)
        {
            var reader = new KafkaReader(bytes.AsMemory(0, length));
            Assert.False(RequestHeader.TryRead(ref reader, out _));
        }
    }

    [Fact]
    public void Nothing_is_written_when_a_message_cannot_be()
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.Throws<MessageEncodingException>(() => KafkaFrame.WriteRequest(output, new JoinGroupRequest { GroupInstanceId = "i" }, 4, 1, null));
        Assert.Throws<MessageEncodingException>(() => KafkaFrame.WriteRequest(output, new JoinGroupRequest(), 4, 1, new byte[40_000]));
        Assert.Throws<MessageEncodingException>(() => KafkaFrame.WriteResponse(output, new MetadataResponse { Topics = [new() { Name = null }] }, 9, 1));
        Assert.Equal(0, output.WrittenCount);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public static ReadOnlySequence<byte> Sequence(IEnumerable<byte[]> pieces)
        {
            var first = new Segment();
            var last = first;
            foreach (var piece in pieces)
            {
                var next = new Segment { Memory = piece, RunningIndex = last.RunningIndex + last.Memory.Length };
                last.Next = next;
                last = next;
            }

            return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
        }
    }
}
