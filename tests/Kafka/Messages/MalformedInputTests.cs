using System.Buffers.Binary;
using Actors.Kafka.Tests.Model;

namespace Actors.Kafka.Tests.Messages;

public sealed class MalformedInputTests
{
    // A message's objects for as many elements as fit into the bytes, and then some.
    private const long AllowedBase = 16 * 1024;
    private const long AllowedPerByte = 160;

    [Fact]
    public void Every_message_cut_at_every_byte_is_refused_without_large_allocations()
    {
        var cuts = 0;
        foreach (var (codec, version) in ProtocolTable.AllVersions())
        {
            for (var round = 0; round < Seeds.Count(2, 30); round++)
            {
                var bytes = Sample(codec, version, round);
                for (var length = 0; length < bytes.Length; length++)
                {
                    cuts++;
                    var (failure, allocated) = Read(codec, version, bytes.AsMemory(0, length));
                    Assert.True(failure == Malformation.Truncated, $"{codec} v{version} round {round} cut at {length} of {bytes.Length}: {failure}");
                    Assert.True(allocated < Allowed(length), $"{codec} v{version} cut at {length}: {allocated} bytes allocated");
                }
            }
        }

        Assert.True(cuts > 50_000, $"{cuts} cuts.");
    }

    [Fact]
    public void Every_length_replaced_by_a_huge_or_negative_one_stays_bounded()
    {
        byte[][] replacements =
        [
            [0x7f, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0xff], [0x80, 0, 0, 0], [0, 0xff, 0xff, 0xff],
            [0x7f, 0xff], [0x80, 0], [0xff, 0xff, 0xff, 0xff, 0x07], [0xff, 0xff, 0xff, 0xff, 0x0f], [0xff, 0xff, 0xff, 0xff, 0xff], [0xff, 0x7f],
        ];
        foreach (var (codec, version) in ProtocolTable.AllVersions())
        {
            var bytes = Sample(codec, version, 0);
            foreach (var replacement in replacements)
            {
                for (var at = 0; at + replacement.Length <= bytes.Length; at++)
                {
                    var changed = bytes.ToArray();
                    replacement.CopyTo(changed.AsSpan(at));
                    var (_, allocated) = Read(codec, version, changed);
                    Assert.True(allocated < Allowed(bytes.Length), $"{codec} v{version}, {Convert.ToHexString(replacement)} at {at}: {allocated} bytes allocated");
                }
            }
        }
    }

    [Fact]
    public void A_hundred_megabytes_of_an_array_of_nothing_is_refused_before_it_is_allocated()
    {
        // Metadata v9: each topic takes 2 bytes at least, so the count is possible; the limit of elements is what refuses it.
        var bytes = new byte[64 * 1024 * 1024];
        new byte[] { 0x80, 0x80, 0x80, 0x08 }.CopyTo(bytes, 0);
        var (failure, allocated) = Read(ProtocolTable.Codec("MetadataRequest"), 9, bytes);
        Assert.Equal(Malformation.TooManyElements, failure);
        Assert.True(allocated < AllowedBase, $"{allocated} bytes allocated");
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(4, false)]
    public void The_limit_of_elements_counts_all_arrays_together(int limit, bool isAccepted)
    {
        // Two topics, one with one partition and one with two: five elements.
        var request = new Actors.Kafka.Messages.DeleteRecordsRequest { Topics = [new() { Partitions = [new()] }, new() { Partitions = [new(), new()] }] };
        var failure = KafkaMessage.TryRead<Actors.Kafka.Messages.DeleteRecordsRequest>(KafkaMessage.ToArray(request, 2), 2, out var back, limit);
        Assert.Equal(isAccepted ? Malformation.None : Malformation.TooManyElements, failure);
        Assert.Equal(isAccepted, back is not null);
    }

    [Fact]
    public void A_string_that_is_not_utf8_is_refused()
    {
        foreach (var text in new byte[][] { [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0xf4, 0x90, 0x80, 0x80] })
        {
            var bytes = new byte[2 + text.Length];
            BinaryPrimitives.WriteInt16BigEndian(bytes, (short)text.Length);
            text.CopyTo(bytes, 2);
            Assert.Equal(Malformation.InvalidUtf8, Read(ProtocolTable.Codec("SaslHandshakeRequest"), 1, bytes).Failure);
        }
    }

    [Fact]
    public void A_tagged_field_that_does_not_end_where_its_size_says_is_refused()
    {
        var codec = ProtocolTable.Codec("ApiVersionsResponse");
        const string Body = "0000" + "01" + "00000000" + "01" + "01";
        Assert.Equal(Malformation.None, Read(codec, 3, Convert.FromHexString(Body + "08" + "0000000000000009")).Failure);
        Assert.Equal(Malformation.TagSizeMismatch, Read(codec, 3, Convert.FromHexString(Body + "09" + "000000000000000900")).Failure);
        Assert.Equal(Malformation.Truncated, Read(codec, 3, Convert.FromHexString(Body + "07" + "0000000000000009")).Failure);
    }

    [Fact]
    public void The_first_failure_and_its_place_stand()
    {
        // A negative array count at byte 7, and then nothing.
        var failed = Assert.Throws<MalformedMessageException>(() =>
            KafkaMessage.Read<Actors.Kafka.Messages.HeartbeatRequest>(Convert.FromHexString("0003616263ffff"), 0));
        Assert.Equal(("HeartbeatRequest", Malformation.Truncated, 5), (failed.MessageName, failed.Malformation, failed.Position));
    }

    private static long Allowed(int length) => AllowedBase + (AllowedPerByte * length);

    private static byte[] Sample(MessageCodec codec, short version, int round) =>
        KafkaMessage.ToArray(new MessageValues(Seeds.Of(codec.Name, version, 1000 + round)) { DefaultPercent = 10 }.Make(codec, version), version);

    private static (Malformation Failure, long Allocated) Read(MessageCodec codec, short version, ReadOnlyMemory<byte> bytes)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reader = new KafkaReader(bytes);
        codec.Read(ref reader, version);
        return (reader.Failure, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
