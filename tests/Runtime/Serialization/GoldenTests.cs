using Actors.Runtime.Serialization;
using Actors.Runtime.Tests.Generation;

namespace Actors.Runtime.Tests.Serialization;

/// <summary>Freezes the bytes on the wire and in stores. A change here needs a new <see cref="WireFormat.Version"/>.</summary>
public sealed class GoldenTests
{
    private static readonly Everything Value = new()
    {
        Boolean = true,
        SByte = -1,
        Short = -300,
        Int = 1,
        Long = long.MinValue,
        Byte = 255,
        UShort = 300,
        UInt = uint.MaxValue,
        ULong = ulong.MaxValue,
        Char = 'é',
        Float = 1.5f,
        Double = -2.25,
        Decimal = 12.50m,
        Text = "Größe",
        Guid = new Guid("00112233-4455-6677-8899-aabbccddeeff"),
        DateTime = new DateTime(2026, 8, 1, 12, 0, 0, DateTimeKind.Utc),
        DateTimeOffset = new DateTimeOffset(2026, 8, 1, 12, 0, 0, TimeSpan.FromHours(2)),
        TimeSpan = TimeSpan.FromMilliseconds(1),
        DateOnly = new DateOnly(2026, 8, 1),
        TimeOnly = new TimeOnly(1, 2, 3),
        Bytes = [1, 2, 3],
        Memory = new byte[] { 4 },
        ImmutableBytes = [5],
        MaybeInt = 7,
        MaybeShade = Shade.Dark,
        Point = new Point(3, -3),
        Measures = new Measures { Width = 1, Height = 2 },
        Numbers = [1, -1],
        Texts = ["a", null],
        Points = [new Point(0, 0), null],
        Lists = new() { ["k"] = [1] },
        Names = new Dictionary<int, string?> { [1] = null },
        Pair = (1, "p"),
        Quads = [(1, null, Shade.Light, 2)],
        Entry = new(1, 2),
        Nested = [[1]],
        Inner = new Everything { Text = "inner" },
        Frozen = new([1]),
        Shape = new Ring { Name = "r", Radius = 1, Inner = 2 },
    };

    [Fact]
    public void Every_shape_has_these_bytes() => Assert.Equal(Golden.Everything, Convert.ToHexString(Wire.Serializer.SerializeToArray(Value)));

    [Fact]
    public void These_bytes_have_every_shape()
    {
        var received = Wire.Serializer.Deserialize<Everything>(Convert.FromHexString(Golden.Everything));
        Assert.Null(DeepEquality.Difference(Value, received));
    }

    [Fact]
    public void An_exception_has_these_bytes() =>
        Assert.Equal(Golden.Exception, Convert.ToHexString(Wire.Serializer.SerializeToArray<Exception>(new PartitionMissingException("t", 2))));

    [Fact]
    public void The_names_of_built_in_types_are_these() =>
        Assert.Equal(
            "bool byte bytes char dateonly datetime datetimeoffset decimal double float grainid graininterface graintype guid idspan immutablebytes int long memory sbyte short siloaddress string timeonly timespan uint ulong ushort",
            string.Join(' ', new CodecRegistry([]).All.Select(static codec => codec.Alias).Where(static alias => alias is not null && !alias.Contains('.', StringComparison.Ordinal)).Order(StringComparer.Ordinal)));
}
