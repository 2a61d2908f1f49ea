using System.Buffers.Binary;

namespace Actors.AgentLoad.Running;

/// <summary>The ids of a run's agents, the same in each of its processes.</summary>
public static class AgentIds
{
    /// <summary>The id of an agent.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="number">The agent's number.</param>
    public static Guid Of(ulong seed, int number)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Mix(seed + ((ulong)number * 2)));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], Mix(~seed - ((ulong)number * 2)));
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40); // a UUID of version 4, as real agents have
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>Spreads a number over 64 bits, each to another (the last steps of SplitMix64).</summary>
    private static ulong Mix(ulong number)
    {
        unchecked
        {
            number = (number + 0x9E3779B97F4A7C15) * 0xBF58476D1CE4E5B9;
            number = (number ^ (number >> 27)) * 0x94D049BB133111EB;
            return number ^ (number >> 31);
        }
    }
}
