using System.Buffers;

namespace Actors.Runtime.Serialization;

/// <summary>Serialises whole values: a version byte, the layout, the value. Stateless; used from any thread.</summary>
public sealed class WireSerializer
{
    private readonly WireContext _context;

    /// <param name="context">Codecs and limits.</param>
    public WireSerializer(WireContext context) => _context = context;

    /// <summary>Codecs and limits.</summary>
    public WireContext Context => _context;

    /// <summary>Writes a value by the codec of <typeparamref name="T"/>.</summary>
    /// <exception cref="CodecNotFoundException">The type, or that of a value within, has no codec.</exception>
    /// <exception cref="WireFormatException">The value is above a limit, or contains itself.</exception>
    public void Serialize<T>(IBufferWriter<byte> output, T? value) => Serialize(output, value, _context.Codecs.Get<T>());

    /// <summary>Writes a value.</summary>
    public void Serialize<T>(IBufferWriter<byte> output, T? value, Codec<T> codec)
    {
        var writer = new WireWriter(output, _context);
        writer.WriteByte(WireFormat.Version);
        codec.WriteElement(ref writer, value);
        writer.Complete();
    }

    /// <summary>Writes a value into a new array.</summary>
    public byte[] SerializeToArray<T>(T? value) => SerializeToArray(value, _context.Codecs.Get<T>());

    /// <summary>Writes a value into a new array.</summary>
    public byte[] SerializeToArray<T>(T? value, Codec<T> codec)
    {
        var output = new ArrayBufferWriter<byte>();
        Serialize(output, value, codec);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads a value by the codec of <typeparamref name="T"/>.</summary>
    /// <exception cref="WireFormatException">The bytes are no such value, or another version's.</exception>
    public T? Deserialize<T>(ReadOnlySpan<byte> input) => Deserialize(input, _context.Codecs.Get<T>());

    /// <summary>Reads a value.</summary>
    public T? Deserialize<T>(ReadOnlySpan<byte> input, Codec<T> codec)
    {
        var reader = new WireReader(input, _context);
        return Read(ref reader, codec);
    }

    /// <summary>Reads a value by the codec of <typeparamref name="T"/>.</summary>
    public T? Deserialize<T>(in ReadOnlySequence<byte> input) => Deserialize(input, _context.Codecs.Get<T>());

    /// <summary>Reads a value.</summary>
    public T? Deserialize<T>(in ReadOnlySequence<byte> input, Codec<T> codec)
    {
        var reader = new WireReader(input, _context);
        return Read(ref reader, codec);
    }

    /// <summary>A deep copy.</summary>
    public T? Copy<T>(T? value) => _context.Codecs.Get<T>().CopyValue(value, new CopyContext(_context));

    private static T? Read<T>(ref WireReader reader, Codec<T> codec)
    {
        var version = reader.ReadByte();
        if (version != WireFormat.Version)
        {
            reader.Throw(WireProblem.UnsupportedVersion, $"The bytes have the format version {version}; this build reads version {WireFormat.Version}.");
        }

        var value = codec.ReadValue(ref reader, reader.ReadElementType());
        if (reader.RemainingBytes != 0)
        {
            reader.Throw(WireProblem.TrailingBytes, $"{reader.RemainingBytes} bytes follow the value.");
        }

        return value;
    }
}
