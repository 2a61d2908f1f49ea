using System.Text;

namespace Actors.Log;

/// <summary>Binary form of a description, in the write-ahead log and in checkpoints.</summary>
/// <remarks>Little-endian: topic, topic id (16 bytes), int32 partition, int32 configs, each name and value. Strings are int32 length and UTF-8.</remarks>
internal static class DescriptionCodec
{
    /// <summary>Most bytes of one description.</summary>
    public const int MaxBytes = 80 * 1024;

    public static byte[] Write(string topic, Guid topicId, int partition, IReadOnlyDictionary<string, string> configs)
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory, Encoding.UTF8);
        WriteString(writer, topic);
        writer.Write(topicId.ToByteArray());
        writer.Write(partition);
        writer.Write(configs.Count);
        foreach ((string name, string value) in configs.OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            WriteString(writer, name);
            WriteString(writer, value);
        }

        writer.Flush();
        return memory.ToArray();
    }

    /// <exception cref="InvalidDataException">The bytes are no description.</exception>
    public static LogDescription Read(LogId id, ReadOnlySpan<byte> bytes)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(bytes.ToArray()), Encoding.UTF8);
            string topic = ReadString(reader);
            var topicId = new Guid(reader.ReadBytes(16));
            int partition = reader.ReadInt32();
            int count = reader.ReadInt32();
            if (count < 0 || count > bytes.Length)
                throw new InvalidDataException($"The description of log {id} claims {count} configs.");
            var configs = new Dictionary<string, string>(count, StringComparer.Ordinal);
            for (int i = 0; i < count; i++)
                configs[ReadString(reader)] = ReadString(reader);
            return new LogDescription(id, topic, topicId, partition, configs);
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentException)
        {
            throw new InvalidDataException($"The description of log {id} is cut.", e);
        }
    }

    private static void WriteString(BinaryWriter writer, string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        writer.Write(utf8.Length);
        writer.Write(utf8);
    }

    private static string ReadString(BinaryReader reader)
    {
        int length = reader.ReadInt32();
        long left = reader.BaseStream.Length - reader.BaseStream.Position;
        if (length < 0 || length > left)
            throw new InvalidDataException($"A description claims a string of {length} bytes; {left} are left.");
        return Encoding.UTF8.GetString(reader.ReadBytes(length));
    }
}
