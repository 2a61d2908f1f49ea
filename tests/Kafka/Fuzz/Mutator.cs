using System.Buffers.Binary;

namespace Actors.Kafka.Tests.Fuzz;

/// <summary>Changes bytes in the ways that parsers dislike.</summary>
internal static class Mutator
{
    private const int MaxBytes = 4096;

    private static readonly byte[] Bytes = [0, 1, 2, 0x7f, 0x80, 0x81, 0xfe, 0xff];
    private static readonly int[] Numbers = [0, 1, -1, -2, 2, 255, 256, 32_767, 32_768, 65_535, 1 << 20, (1 << 20) + 1, int.MaxValue, int.MaxValue - 1, int.MinValue];

    public static byte[] Mutate(byte[] input, byte[] other, Random random)
    {
        var bytes = new List<byte>(input);
        for (var changes = 1 + random.Next(4); changes > 0; changes--)
        {
            Change(bytes, other, random);
        }

        return bytes.Count > MaxBytes ? [.. bytes[..MaxBytes]] : [.. bytes];
    }

    private static void Change(List<byte> bytes, byte[] other, Random random)
    {
        if (bytes.Count == 0)
        {
            bytes.Add((byte)random.Next(256));
            return;
        }

        var at = random.Next(bytes.Count);
        switch (random.Next(9))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[at] = Bytes[random.Next(Bytes.Length)];
                break;
            case 2:
                bytes[at] = (byte)(bytes[at] + random.Next(-2, 3));
                break;
            case 3:
                Overwrite(bytes, at, BigEndian(Numbers[random.Next(Numbers.Length)]));
                break;
            case 4:
                Overwrite(bytes, at, Varint((uint)Numbers[random.Next(Numbers.Length)]));
                break;
            case 5:
                bytes.RemoveRange(at, Math.Min(bytes.Count - at, 1 + random.Next(8)));
                break;
            case 6:
                bytes.InsertRange(at, bytes.GetRange(at, Math.Min(bytes.Count - at, 1 + random.Next(40))));
                break;
            case 7:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            default:
                var from = random.Next(other.Length + 1);
                bytes.RemoveRange(at, bytes.Count - at);
                bytes.AddRange(other[from..]);
                break;
        }
    }

    private static void Overwrite(List<byte> bytes, int at, byte[] with)
    {
        for (var i = 0; i < with.Length && at + i < bytes.Count; i++)
        {
            bytes[at + i] = with[i];
        }
    }

    private static byte[] BigEndian(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Varint(uint value)
    {
        var bytes = new List<byte>();
        for (; value >= 128; value >>= 7)
        {
            bytes.Add((byte)(value | 128));
        }

        bytes.Add((byte)value);
        return [.. bytes];
    }
}
