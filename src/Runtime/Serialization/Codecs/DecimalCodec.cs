using System.Buffers.Binary;

namespace Actors.Runtime.Serialization;

/// <summary>A <see cref="decimal"/> as its sixteen bytes.</summary>
public sealed class DecimalCodec : Codec<decimal>
{
    private const int SizeBytes = 16;

    internal DecimalCodec()
        : base("decimal")
    {
    }

    /// <inheritdoc />
    public override WireType WireType => WireType.Bytes;

    /// <inheritdoc />
    public override bool IsImmutable => true;

    /// <inheritdoc />
    public override void Write(ref WireWriter writer, decimal value)
    {
        Span<int> parts = stackalloc int[4];
        Span<byte> bytes = stackalloc byte[SizeBytes];
        decimal.GetBits(value, parts);
        for (var i = 0; i < parts.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes[(i * sizeof(int))..], parts[i]);
        }

        writer.WriteBytes(bytes);
    }

    /// <inheritdoc />
    public override decimal Read(ref WireReader reader)
    {
        Span<int> parts = stackalloc int[4];
        Span<byte> bytes = stackalloc byte[SizeBytes];
        reader.ReadBytes(bytes);
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes[(i * sizeof(int))..]);
        }

        try
        {
            return new decimal(parts);
        }
        catch (ArgumentException)
        {
            reader.Throw(WireProblem.InvalidValue, "Sixteen bytes are no decimal.");
            return default;
        }
    }

    /// <inheritdoc />
    public override decimal Copy(decimal value, in CopyContext context) => value;
}
