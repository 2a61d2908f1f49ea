using Actors.Runtime.Serialization;
using Actors.Runtime.Tests.Generation;

namespace Actors.Runtime.Tests.Serialization;

/// <summary>Old and new builds read each other.</summary>
public sealed class EvolutionTests
{
    [Fact]
    public void An_old_build_reads_a_new_message()
    {
        var sent = new OrderV2 { Name = "a", Tags = ["x"], Count = 5, Origin = new OrderV1(), Trace = new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11) };
        var received = Wire.Serializer.Deserialize<OrderV1>(Wire.Serializer.SerializeToArray(sent));
        Assert.Equal(new OrderV1 { Name = "a", Count = 5 }, received);
    }

    [Fact]
    public void A_new_build_reads_an_old_message_and_keeps_the_defaults_of_what_is_missing()
    {
        var received = Wire.Serializer.Deserialize<OrderV2>(Wire.Serializer.SerializeToArray(new OrderV1 { Name = "a", Count = 5 }))!;
        Assert.Equal("a", received.Name);
        Assert.Equal(5, received.Count);
        Assert.Equal(["none"], received.Tags);
        Assert.Null(received.Origin);
        Assert.Null(received.Trace);
    }

    [Fact]
    public void Null_and_zero_are_written_where_they_are_not_the_default()
    {
        var received = Wire.Serializer.Deserialize<OrderV2>(Wire.Serializer.SerializeToArray(new OrderV2 { Tags = null!, Count = 0 }))!;
        Assert.Null(received.Tags);
        Assert.Equal(0, received.Count);
    }

    [Fact]
    public void A_number_that_does_not_fit_the_older_member_is_refused()
    {
        var bytes = Wire.Serializer.SerializeToArray(new OrderV2 { Count = 1L << 40 });
        Assert.Equal(WireProblem.InvalidValue, Wire.ProblemOf(() => Wire.Serializer.Deserialize<OrderV1>(bytes)));
    }

    [Fact]
    public void Derived_types_travel_by_alias_within_the_declared_type()
    {
        var ring = new Ring { Name = "ring", Radius = 5, Inner = 3 };
        var received = Wire.Serializer.Deserialize<Everything>(Wire.Serializer.SerializeToArray(new Everything { Shape = ring, Shapes = [ring, new Circle { Name = "c" }] }))!;
        Assert.Equal(ring, received.Shape);
        Assert.IsType<Circle>(received.Shapes![1]);
    }

    [Fact]
    public void An_alias_that_was_given_up_is_still_read()
    {
        var bytes = Wire.Bytes((ref WireWriter writer) => WriteHolder(ref writer, "test.NameBefore"));
        var received = Wire.Serializer.Deserialize<NamedHolder>(bytes)!;
        Assert.Equal(new Renamed { Name = "n", Value = 9 }, received.Held);
    }

    [Theory]
    [InlineData("test.Unheard")]
    [InlineData("test.Point")]
    [InlineData("int")]
    public void A_type_that_is_unknown_or_does_not_fit_is_refused(string alias)
    {
        var bytes = Wire.Bytes((ref WireWriter writer) => WriteHolder(ref writer, alias));
        Assert.Equal(WireProblem.UnknownType, Wire.ProblemOf(() => Wire.Serializer.Deserialize<NamedHolder>(bytes)));
    }

    [Fact]
    public void An_abstract_type_without_alias_is_refused()
    {
        var bytes = Wire.Bytes((ref WireWriter writer) => WriteHolder(ref writer, null));
        Assert.Equal(WireProblem.UnknownType, Wire.ProblemOf(() => Wire.Serializer.Deserialize<NamedHolder>(bytes)));
    }

    [Fact]
    public void Members_of_a_derived_type_without_its_alias_are_refused()
    {
        var circle = new Circle { Name = "c", Radius = 4 };
        var bytes = Wire.Serializer.SerializeToArray<Circle>(new Ring { Name = "r" });
        var marker = Wire.Bytes((ref WireWriter writer) => writer.WriteVarint((uint)WireType.Bytes));
        Assert.Equal(marker[0], bytes[2]);
        byte[] withoutMarker = [.. bytes.AsSpan(0, 2), .. bytes.AsSpan(4 + "test.Ring".Length)];
        Assert.Equal(WireProblem.InvalidValue, Wire.ProblemOf(() => Wire.Serializer.Deserialize<Circle>(withoutMarker)));
        Assert.Equal(circle, Wire.Serializer.Deserialize<Circle>(Wire.Serializer.SerializeToArray(circle)));
    }

    [Fact]
    public void An_enumeration_value_of_a_newer_build_passes_through()
    {
        var value = new Everything { Shade = (Shade)77 };
        Assert.Equal((Shade)77, Wire.Serializer.Deserialize<Everything>(Wire.Serializer.SerializeToArray(value))!.Shade);
    }

    [Fact]
    public void A_transparent_base_class_is_passed_over()
    {
        var received = Wire.Serializer.Deserialize<OverTransparent>(Wire.Serializer.SerializeToArray(new OverTransparent { Kept = 1, Lost = 2 }))!;
        Assert.Equal((1, 0), (received.Kept, received.Lost));
    }

    [Fact]
    public void Two_types_with_one_alias_are_refused_at_start()
    {
        var error = Assert.Throws<ArgumentException>(() => new CodecRegistry([new EnumCodec<Shade>("same"), new EnumCodec<DayOfWeek>("same")]));
        Assert.Contains("'same'", error.Message, StringComparison.Ordinal);
    }

    private static void WriteHolder(ref WireWriter writer, string? alias)
    {
        writer.WriteByte(WireFormat.Version);
        writer.WriteByte((byte)WireType.Object);
        writer.WriteTag(0, WireType.Object);
        if (alias is not null)
        {
            writer.WriteByte((byte)WireType.Bytes);
            writer.WriteString(alias);
        }

        writer.WriteTag(0, WireType.Bytes);
        writer.WriteString("n");
        writer.EndLevel();
        writer.WriteTag(0, WireType.Varint);
        writer.WriteSignedVarint(9);
        writer.WriteByte((byte)WireType.End);
        writer.WriteByte((byte)WireType.End);
    }
}
