using Actors.Runtime.Serialization;
using Actors.Runtime.Tests.Generation;
using Orleans.Concurrency;

namespace Actors.Runtime.Tests.Serialization;

/// <summary>Calls within a silo get copies, except of what nobody changes.</summary>
public sealed class CopyTests
{
    [Fact]
    public void Immutable_values_are_handed_over_as_they_are()
    {
        var point = new Point(1, 2);
        Assert.Same(point, Wire.Serializer.Copy(point));
        List<int> list = [1];
        var codec = new ImmutableCodec<List<int>>(new ListCodec<int>(BuiltInCodecs.Int32));
        Assert.Same(list, codec.Copy(list.AsImmutable(), new CopyContext(Wire.Context)).Value);
    }

    [Fact]
    public void Everything_else_is_copied_to_the_bottom()
    {
        var value = new Everything
        {
            Bytes = [1],
            Numbers = [1],
            Points = [new Point(1, 1)],
            Lists = new() { ["a"] = [1] },
            Inner = new Everything { Numbers = [2] },
            Shapes = [new Circle { Name = "c", Radius = 1 }],
            Memory = new byte[] { 1 },
        };
        var copy = Wire.Serializer.Copy(value)!;
        Assert.Null(DeepEquality.Difference(value, copy));
        value.Bytes[0] = 9;
        value.Numbers[0] = 9;
        value.Points[0] = null;
        value.Lists["a"][0] = 9;
        value.Inner.Numbers![0] = 9;
        ((Circle)value.Shapes[0]).Radius = 9;
        Assert.Equal(1, copy.Bytes![0]);
        Assert.Equal(1, copy.Numbers![0]);
        Assert.Same(value.Point, copy.Point);
        Assert.Equal(new Point(1, 1), copy.Points![0]);
        Assert.Equal(1, copy.Lists!["a"][0]);
        Assert.Equal(2, copy.Inner!.Numbers![0]);
        Assert.Equal(1, ((Circle)copy.Shapes![0]).Radius);
    }

    [Fact]
    public void Members_that_C_sharp_would_not_let_us_reach_are_copied_and_carried()
    {
        var value = new Guarded(7, "label") { Shared = [4] };
        value.Count();
        var copy = Wire.Serializer.Copy(value)!;
        var received = Wire.Serializer.Deserialize<Guarded>(Wire.Serializer.SerializeToArray(value))!;
        foreach (var one in new[] { copy, received })
        {
            Assert.Equal([7], one.Hidden);
            Assert.Equal("label", one.Label);
            Assert.Equal(4, one.Counter);
        }

        Assert.NotSame(value.Hidden, copy.Hidden);
        Assert.Same(value.Shared, copy.Shared);
        Assert.NotSame(value.Shared, received.Shared);
    }

    [Fact]
    public void A_comparer_that_would_be_lost_is_refused_both_ways()
    {
        var names = new Dictionary<string, List<int>>(StringComparer.OrdinalIgnoreCase) { ["a"] = [1] };
        var value = new Everything { Lists = names };
        Assert.Equal(WireProblem.InvalidValue, Wire.ProblemOf(() => Wire.Serializer.Copy(value)));
        Assert.Equal(WireProblem.InvalidValue, Wire.ProblemOf(() => Wire.Serializer.SerializeToArray(value)));
        var ordinal = new Everything { Lists = new(StringComparer.Ordinal) { ["a"] = [1] } };
        Assert.Equal([1], Wire.Serializer.Copy(ordinal)!.Lists!["a"]);
    }

    [Fact]
    public void A_value_of_any_type_travels_by_alias()
    {
        object[] values = [1, "text", 2.5, new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), TimeSpan.FromSeconds(1), new Point(1, 2), Shade.Dark, new byte[] { 1 }];
        foreach (var value in values)
        {
            Assert.Equal(value, Wire.Serializer.Deserialize<object>(Wire.Serializer.SerializeToArray<object>(value)));
        }

        Assert.Throws<CodecNotFoundException>(() => Wire.Serializer.SerializeToArray<object>(new HomelessException("x")));
    }
}
