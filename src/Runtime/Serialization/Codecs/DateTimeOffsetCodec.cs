using System.Buffers.Binary;

namespace Actors.Runtime.Serialization;

/// <summary>A <see cref="DateTimeOffset"/> as eight bytes of UTC ticks and two of offset minutes, little-endian.</summary>
public sealed class DateTimeOffsetCodec : Codec<DateTimeOffset>
{
    private const int SizeBytes = 10;

    internal DateTimeOffsetCodec()
        : base("datetimeoffset")
    {
    }

    /// <inheritdoc />
    public override WireType WireType => WireType.Bytes;

    /// <inheritdoc />
    public override bool IsImmutable => true;

    /// <inheritdoc />
    public override void Write(ref WireWriter writer, DateTimeOffset value)
    {
        Span<byte> bytes = stackalloc byte[SizeBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value.UtcTicks);
        BinaryPrimitives.WriteInt16LittleEndian(bytes[sizeof(long)..], (short)value.TotalOffsetMinutes);
        writer.WriteBytes(bytes);
    }

    /// <inheritdoc />
    public override DateTimeOffset Read(ref WireReader reader)
    {
        Span<byte> bytes = stackalloc byte[SizeBytes];
        reader.ReadBytes(bytes);
        var utcTicks = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        var offsetMinutes = BinaryPrimitives.ReadInt16LittleEndian(bytes[sizeof(long)..]);
        try
        {
            return new DateTimeOffset(utcTicks, TimeSpan.Zero).ToOffset(TimeSpan.FromMinutes(offsetMinutes));
        }
        catch (ArgumentException)
        {
            reader.Throw(WireProblem.InvalidValue, $"{utcTicks} ticks with an offset of {offsetMinutes} minutes are no time.");
            return default;
        }
    }

    /// <inheritdoc />
    public override DateTimeOffset Copy(DateTimeOffset value, in CopyContext context) => value;
}
