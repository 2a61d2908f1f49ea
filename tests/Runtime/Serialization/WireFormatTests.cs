using System.Buffers;
using Actors.Runtime.Serialization;
using Actors.Runtime.Tests.Generation;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.Runtime.Tests.Serialization;

public sealed class WireFormatTests
{
    private const int MaxAllocatedBytes = 256 * 1024;

    [Fact]
    public void Numbers_come_back() =>
        Prop.ForAll<long, ulong>(static (signed, unsigned) =>
        {
            var bytes = Wire.Bytes((ref WireWriter writer) =>
            {
                writer.WriteSignedVarint(signed);
                writer.WriteVarint(unsigned);
                writer.WriteFixed64(unsigned);
                writer.WriteFixed32((uint)unsigned);
            });
            for (var piece = 1; piece <= bytes.Length; piece++)
            {
                var reader = new WireReader(Wire.InPieces(bytes, piece), Wire.Context);
                if (reader.ReadSignedVarint() != signed || reader.ReadVarint() != unsigned || reader.ReadFixed64() != unsigned || reader.ReadFixed32() != (uint)unsigned)
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0ul)]
    [InlineData(127ul)]
    [InlineData(128ul)]
    [InlineData(ulong.MaxValue)]
    public void Varints_at_the_edges_come_back(ulong value)
    {
        var reader = new WireReader(Wire.Bytes((ref WireWriter writer) => writer.WriteVarint(value)), Wire.Context);
        Assert.Equal(value, reader.ReadVarint());
        Assert.Equal(0, reader.RemainingBytes);
    }

    [Fact]
    public void A_varint_of_more_than_64_bits_is_refused()
    {
        byte[] tooLong = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02];
        Assert.Equal(WireProblem.InvalidValue, Wire.ProblemOf(() => new WireReader(tooLong, Wire.Context).ReadVarint()));
    }

    [Fact]
    public void Values_come_back_however_the_bytes_are_cut_into_pieces()
    {
        var value = Sample(seed: 11);
        var bytes = Wire.Serializer.SerializeToArray(value);
        foreach (var piece in new[] { 1, 2, 3, 7, 64, bytes.Length })
        {
            var back = Wire.Serializer.Deserialize<Everything>(Wire.InPieces(bytes, piece));
            Assert.Null(DeepEquality.Difference(value, back));
        }
    }

    [Fact]
    public void Values_are_the_same_whatever_room_the_buffer_gives() =>
        Prop.ForAll<byte[], string>(static (blob, text) =>
        {
            if (text is null || blob is null || HasLoneSurrogate(text))
            {
                return true;
            }

            var value = new Everything { Bytes = blob, Text = text, Texts = [text, text], Memory = blob };
            var output = new TinyBufferWriter();
            Wire.Serializer.Serialize(output, value);
            return Wire.Serializer.SerializeToArray(value).AsSpan().SequenceEqual(output.Written());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Input_cut_at_any_byte_is_refused()
    {
        var bytes = Wire.Serializer.SerializeToArray(Sample(seed: 12));
        for (var length = 0; length < bytes.Length; length++)
        {
            var cut = bytes[..length];
            var problem = Wire.ProblemOf(() => Wire.Serializer.Deserialize<Everything>(cut));
            Assert.True(problem is WireProblem.Truncated or WireProblem.LengthBeyondInput, $"cut at {length}: {problem}");
        }
    }

    [Fact]
    public void Bytes_after_the_value_are_refused()
    {
        byte[] bytes = [.. Wire.Serializer.SerializeToArray(new Point(1, 2)), 0];
        Assert.Equal(WireProblem.TrailingBytes, Wire.ProblemOf(() => Wire.Serializer.Deserialize<Point>(bytes)));
    }

    [Fact]
    public void Another_version_of_the_format_is_refused()
    {
        var bytes = Wire.Serializer.SerializeToArray(new Point(1, 2));
        bytes[0]++;
        Assert.Equal(WireProblem.UnsupportedVersion, Wire.ProblemOf(() => Wire.Serializer.Deserialize<Point>(bytes)));
    }

    [Theory]
    [InlineData(WireType.Bytes)]
    [InlineData(WireType.Sequence)]
    public void A_length_that_is_not_there_costs_no_memory(WireType type)
    {
        foreach (var claimed in new ulong[] { 100, 1 << 20, 100 << 20, int.MaxValue, uint.MaxValue, ulong.MaxValue })
        {
            var bytes = Wire.Bytes((ref WireWriter writer) =>
            {
                writer.WriteByte(WireFormat.Version);
                writer.WriteByte((byte)WireType.Object);
                writer.WriteTag(type == WireType.Bytes ? 20u : 32u, type); // Bytes and Points of Everything
                writer.WriteVarint(claimed);
                if (type == WireType.Sequence)
                {
                    writer.WriteByte((byte)WireType.Object);
                }
            });
            var before = GC.GetAllocatedBytesForCurrentThread();
            var problem = Wire.ProblemOf(() => Wire.Serializer.Deserialize<Everything>(bytes));
            Assert.True(problem is WireProblem.LengthBeyondInput or WireProblem.LengthAboveLimit, $"{claimed}: {problem}");
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxAllocatedBytes);
        }
    }

    [Fact]
    public void Limits_hold_for_readers_and_writers()
    {
        var strict = new WireSerializer(new WireContext(Wire.Context.Codecs, new SerializationLimits { MaxValueBytes = 10, MaxElements = 3 }));
        var longText = new Everything { Text = "eleven byte" };
        var manyNumbers = new Everything { Numbers = [1, 2, 3, 4] };
        Assert.Equal(WireProblem.LengthAboveLimit, Wire.ProblemOf(() => strict.SerializeToArray(longText)));
        Assert.Equal(WireProblem.LengthAboveLimit, Wire.ProblemOf(() => strict.SerializeToArray(manyNumbers)));
        Assert.Equal(WireProblem.LengthAboveLimit, Wire.ProblemOf(() => strict.Deserialize<Everything>(Wire.Serializer.SerializeToArray(longText))));
        Assert.Equal(WireProblem.LengthAboveLimit, Wire.ProblemOf(() => strict.Deserialize<Everything>(Wire.Serializer.SerializeToArray(manyNumbers))));
    }

    [Fact]
    public void Nesting_is_bounded_when_reading_skipping_writing_and_copying()
    {
        Everything? deep = null;
        for (var i = 0; i < 1000; i++)
        {
            deep = new Everything { Inner = deep };
        }

        Assert.Equal(WireProblem.TooDeep, Wire.ProblemOf(() => Wire.Serializer.SerializeToArray(deep)));
        Assert.Equal(WireProblem.TooDeep, Wire.ProblemOf(() => Wire.Serializer.Copy(deep)));

        foreach (var id in new[] { 42u, 4711u }) // Inner of Everything, and an unknown field
        {
            var bytes = Wire.Bytes((ref WireWriter writer) =>
            {
                writer.WriteByte(WireFormat.Version);
                writer.WriteByte((byte)WireType.Object);
                for (var i = 0; i < 100_000; i++)
                {
                    writer.WriteTag(id, WireType.Object);
                }
            });
            Assert.Equal(WireProblem.TooDeep, Wire.ProblemOf(() => Wire.Serializer.Deserialize<Everything>(bytes)));
        }
    }

    [Fact]
    public void A_value_that_contains_itself_is_refused()
    {
        var value = new Looped();
        value.Next = value;
        Assert.Equal(WireProblem.TooDeep, Wire.ProblemOf(() => Wire.Serializer.SerializeToArray(value)));
        Assert.Equal(WireProblem.TooDeep, Wire.ProblemOf(() => Wire.Serializer.Copy(value)));
    }

    [Fact]
    public void Any_bytes_are_read_or_refused() =>
        Prop.ForAll<byte[]>(static bytes =>
        {
            foreach (var input in new[] { bytes, [WireFormat.Version, (byte)WireType.Object, .. bytes] })
            {
                ReadOrRefuse(input);
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(300));

    [Fact]
    public void A_damaged_value_is_read_or_refused()
    {
        const int Seed = 13;
        var random = new Random(Seed);
        var original = Wire.Serializer.SerializeToArray(Sample(Seed));
        for (var i = 0; i < 20_000; i++)
        {
            var damaged = original.ToArray();
            for (var hits = random.Next(1, 4); hits > 0; hits--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            ReadOrRefuse(damaged);
        }
    }

    [Fact]
    public void A_lone_surrogate_is_refused_in_a_sentence()
    {
        var error = Assert.Throws<WireFormatException>(() => Wire.Serializer.SerializeToArray(new Everything { Text = "a\uD800" }));
        Assert.Equal(WireProblem.InvalidValue, error.Problem);
        Assert.Contains("lone surrogate", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_field_of_another_layout_is_refused()
    {
        var bytes = Wire.Bytes((ref WireWriter writer) =>
        {
            writer.WriteByte(WireFormat.Version);
            writer.WriteByte((byte)WireType.Object);
            writer.WriteTag(0, WireType.Fixed32);
            writer.WriteFixed32(1);
            writer.WriteByte((byte)WireType.End);
        });
        Assert.Equal(WireProblem.WrongWireType, Wire.ProblemOf(() => Wire.Serializer.Deserialize<Point>(bytes)));
    }

    private static void ReadOrRefuse(byte[] input)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            Wire.Serializer.Deserialize<Everything>(input);
        }
        catch (WireFormatException)
        {
            // refused
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxAllocatedBytes + (input.Length * 512));
    }

    private static Everything Sample(int seed)
    {
        var values = new ValueGenerator(new Random(seed), Wire.Context.Codecs);
        var sample = (Everything)values.Next(typeof(Everything), mayBeNull: false)!;
        return sample with { Inner = (Everything)values.Next(typeof(Everything), mayBeNull: false, depth: 2)! };
    }

    private static bool HasLoneSurrogate(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Gives only as much room as was asked for.</summary>
    private sealed class TinyBufferWriter : IBufferWriter<byte>
    {
        private readonly List<byte> _written = [];
        private byte[] _room = [];

        public byte[] Written() => [.. _written];

        public void Advance(int count) => _written.AddRange(_room.AsSpan(0, count));

        public Memory<byte> GetMemory(int sizeHint = 0) => _room = new byte[Math.Max(sizeHint, 1)];

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
