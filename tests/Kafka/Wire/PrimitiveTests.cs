using System.Buffers;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.Kafka.Tests.Wire;

public sealed class PrimitiveTests
{
    [Fact]
    public void Unsigned_varints_come_back_and_have_the_announced_size() =>
        Prop.ForAll(ArbMap.Default.ArbFor<uint>().Generator.SelectMany(v => Gen.Choose(0, 31).Select(shift => v >> shift)).ToArbitrary(), value =>
        {
            var bytes = Write((ref KafkaWriter w) => w.WriteUnsignedVarint(value));
            var reader = new KafkaReader(bytes);
            return reader.ReadUnsignedVarint() == value && reader.Remaining == 0 && !reader.HasFailed && KafkaSize.UnsignedVarint(value) == bytes.Length;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0u, "00")]
    [InlineData(127u, "7f")]
    [InlineData(128u, "8001")]
    [InlineData(16_383u, "ff7f")]
    [InlineData(16_384u, "808001")]
    [InlineData(uint.MaxValue, "ffffffff0f")]
    public void Unsigned_varints_are_the_protocols(uint value, string hex) =>
        Assert.Equal(Convert.FromHexString(hex), Write((ref KafkaWriter w) => w.WriteUnsignedVarint(value)));

    [Theory]
    [InlineData("ffffffff10", Malformation.InvalidVarint)]
    [InlineData("ffffffffff01", Malformation.InvalidVarint)]
    [InlineData("ffffffff", Malformation.Truncated)]
    [InlineData("", Malformation.Truncated)]
    public void Unsigned_varints_of_more_than_32_bits_are_refused(string hex, Malformation expected)
    {
        var reader = new KafkaReader(Convert.FromHexString(hex));
        Assert.Equal(0u, reader.ReadUnsignedVarint());
        Assert.Equal(expected, reader.Failure);
    }

    [Fact]
    public void Numbers_are_big_endian()
    {
        var bytes = Write((ref KafkaWriter w) =>
        {
            w.WriteInt8(-2);
            w.WriteInt16(0x0102);
            w.WriteUInt16(0xfffe);
            w.WriteInt32(0x01020304);
            w.WriteUInt32(0xfffefdfc);
            w.WriteInt64(0x0102030405060708);
            w.WriteFloat64(1.5);
            w.WriteUuid(new Guid("00112233-4455-6677-8899-aabbccddeeff"));
            w.WriteBoolean(true);
        });
        Assert.Equal("fe" + "0102" + "fffe" + "01020304" + "fffefdfc" + "0102030405060708" + "3ff8000000000000" + "00112233445566778899aabbccddeeff" + "01", Convert.ToHexStringLower(bytes));
        var reader = new KafkaReader(bytes);
        Assert.Equal(-2, reader.ReadInt8());
        Assert.Equal(0x0102, reader.ReadInt16());
        Assert.Equal(0xfffe, reader.ReadUInt16());
        Assert.Equal(0x01020304, reader.ReadInt32());
        Assert.Equal(0xfffefdfcu, reader.ReadUInt32());
        Assert.Equal(0x0102030405060708, reader.ReadInt64());
        Assert.Equal(1.5, reader.ReadFloat64());
        Assert.Equal(new Guid("00112233-4455-6677-8899-aabbccddeeff"), reader.ReadUuid());
        Assert.True(reader.ReadBoolean());
        Assert.Equal(0, reader.Remaining);
        Assert.False(reader.HasFailed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_string_has_at_most_32767_bytes(bool compact)
    {
        var longest = new string('x', 32_767);
        var bytes = Write((ref KafkaWriter w) => w.WriteString(longest, compact));
        Assert.Equal(bytes.Length, KafkaSize.String(longest, compact));
        var reader = new KafkaReader(bytes);
        Assert.Equal(longest, reader.ReadString(compact));

        var tooLong = longest + "y";
        Assert.Equal(EncodingProblem.TooLong, Assert.Throws<MessageEncodingException>(() => KafkaSize.String(tooLong, compact)).Problem);
        Assert.Equal(EncodingProblem.TooLong, Assert.Throws<MessageEncodingException>(() => Write((ref KafkaWriter w) => w.WriteString(tooLong, compact))).Problem);
        var raw = Write((ref KafkaWriter w) =>
        {
            w.WriteUnsignedVarint(32_769);
            w.WriteRaw(new byte[32_768]);
        });
        reader = new KafkaReader(raw);
        reader.ReadString(compact: true);
        Assert.Equal(Malformation.StringTooLong, reader.Failure);
    }

    [Theory]
    [InlineData("ffff", false, Malformation.NullNotAllowed)]
    [InlineData("fffe", false, Malformation.InvalidLength)]
    [InlineData("8000", false, Malformation.InvalidLength)]
    [InlineData("00", true, Malformation.NullNotAllowed)]
    public void A_string_that_cannot_be_null_says_so(string hex, bool compact, Malformation expected)
    {
        var reader = new KafkaReader(Convert.FromHexString(hex));
        Assert.Equal("", reader.ReadString(compact));
        Assert.Equal(expected, reader.Failure);
    }

    [Theory]
    [InlineData("ffffffff", false, Malformation.NullNotAllowed)]
    [InlineData("fffffffe", false, Malformation.InvalidLength)]
    [InlineData("80000000", false, Malformation.InvalidLength)]
    [InlineData("7fffffff", false, Malformation.Truncated)]
    [InlineData("00", true, Malformation.NullNotAllowed)]
    [InlineData("8080808008", true, Malformation.InvalidLength)]
    [InlineData("ffffffff07", true, Malformation.Truncated)]
    public void Bytes_and_arrays_refuse_lengths_that_cannot_be(string hex, bool compact, Malformation expected)
    {
        var bytes = new KafkaReader(Convert.FromHexString(hex));
        Assert.True(bytes.ReadBytes(compact).IsEmpty);
        Assert.Equal(expected, bytes.Failure);
        var array = new KafkaReader(Convert.FromHexString(hex));
        Assert.Equal(0, array.ReadArrayCount(compact, nullable: false, 1));
        Assert.Equal(expected, array.Failure);
    }

    [Theory]
    [InlineData(12, 3)]
    [InlineData(11, 0)]
    public void An_array_must_have_room_for_its_smallest_elements(int bytesBehindTheCount, int expected)
    {
        var frame = new byte[4 + bytesBehindTheCount];
        frame[3] = 3;
        var reader = new KafkaReader(frame);
        Assert.Equal(expected, reader.ReadArrayCount(compact: false, nullable: false, minimalElementSize: 4));
        Assert.Equal(expected == 0, reader.HasFailed);
    }

    [Fact]
    public void After_a_failure_everything_is_empty_and_the_first_problem_stands()
    {
        var reader = new KafkaReader(new byte[] { 0x80, 0, 1, 2, 3, 4, 5, 6, 7, 8 });
        Assert.Null(reader.ReadNullableString(compact: false) is "" ? null : "not empty");
        Assert.Equal((Malformation.InvalidLength, 2, 0), (reader.Failure, reader.FailurePosition, reader.Remaining));
        Assert.Equal(0, reader.ReadInt64());
        Assert.Equal(Guid.Empty, reader.ReadUuid());
        Assert.Equal("", reader.ReadString(compact: true));
        Assert.Equal(0, reader.ReadArrayCount(compact: false, nullable: true, 1));
        Assert.False(reader.ReadPresence());
        reader.BeginTaggedField(out var end);
        reader.SkipTaggedField(end);
        Assert.Equal((Malformation.InvalidLength, 2, 0), (reader.Failure, reader.FailurePosition, reader.Remaining));
        Assert.Throws<MalformedMessageException>(() =>
        {
            var failed = new KafkaReader(ReadOnlyMemory<byte>.Empty);
            failed.ReadInt8();
            failed.ThrowIfFailed("It");
        });
    }

    [Fact]
    public void Records_are_slices_of_the_frame()
    {
        var frame = new byte[] { 0, 0, 0, 3, 7, 8, 9, 1 };
        var reader = new KafkaReader(frame);
        var records = reader.ReadNullableBytes(compact: false);
        frame[5] = 42;
        Assert.Equal<byte>([7, 42, 9], records!.Value.ToArray());
    }

    [Fact]
    public void A_writer_fills_whatever_pieces_its_output_hands_out()
    {
        foreach (var piece in new[] { 1, 2, 3, 5, 8, 64 })
        {
            var output = new SmallPieces(piece);
            var writer = new KafkaWriter(output);
            for (var i = 0; i < 50; i++)
            {
                writer.WriteInt32(i);
                writer.WriteString($"text {i}", compact: true);
                writer.WriteBytes(new byte[i], compact: false);
                writer.WriteUuid(new Guid(i, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
            }

            writer.Flush();
            Assert.Equal(output.Bytes.Count, writer.Written);
            var reader = new KafkaReader(output.Bytes.ToArray());
            for (var i = 0; i < 50; i++)
            {
                Assert.Equal(i, reader.ReadInt32());
                Assert.Equal($"text {i}", reader.ReadString(compact: true));
                Assert.Equal(i, reader.ReadBytes(compact: false).Length);
                Assert.Equal(new Guid(i, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), reader.ReadUuid());
            }

            Assert.Equal((0, false), (reader.Remaining, reader.HasFailed));
        }
    }

    private delegate void WriteWith(ref KafkaWriter writer);

    private static byte[] Write(WriteWith write)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new KafkaWriter(output);
        write(ref writer);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Hands out no more memory than was asked for, or a fixed small piece.</summary>
    private sealed class SmallPieces(int piece) : IBufferWriter<byte>
    {
        private byte[] _current = [];

        public List<byte> Bytes { get; } = [];

        public void Advance(int count) => Bytes.AddRange(_current.AsSpan(0, count));

        public Memory<byte> GetMemory(int sizeHint = 0) => _current = new byte[Math.Max(sizeHint, piece)];

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
