using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Actors.Storage.BackEnds.Files;

/// <summary>
/// Tells whether a disk gives back what was written: 128 bits, which are four CRC-32C, each of every fourth word of eight bytes. What differs is told by the lanes that its words are in: 128 bits when
/// all of a page is another, and 32 when it differs in one word, as an old version of it may. Data that somebody makes up to have the same checksum it does not tell.
/// </summary>
/// <remarks>Processors have an instruction for it that takes a word in each of four chains at once, so that it costs a tenth of a cryptographic hash.</remarks>
internal struct DataChecksum
{
    private const int Lanes = 4;
    private const int StripeBytes = Lanes * sizeof(ulong);

    private uint _first = uint.MaxValue;
    private uint _second = uint.MaxValue;
    private uint _third = uint.MaxValue;
    private uint _fourth = uint.MaxValue;
    private bool _isOver;

    /// <summary>Of no data yet.</summary>
    public DataChecksum()
    {
    }

    /// <summary>Of all that was added.</summary>
    public readonly UInt128 Value => new((ulong)_first << 32 | _second, (ulong)_third << 32 | _fourth);

    /// <summary>Adds data behind what was added before; however it is cut, the checksum is the same.</summary>
    /// <param name="data">A multiple of 32 bytes, except for the last of it.</param>
    public void Add(ReadOnlySpan<byte> data)
    {
        Debug.Assert(!_isOver, "data after an end that is no multiple of 32 bytes");
        var words = MemoryMarshal.Cast<byte, ulong>(data);
        var (first, second, third, fourth) = (_first, _second, _third, _fourth);
        while (words.Length >= Lanes)
        {
            first = BitOperations.Crc32C(first, words[0]);
            second = BitOperations.Crc32C(second, words[1]);
            third = BitOperations.Crc32C(third, words[2]);
            fourth = BitOperations.Crc32C(fourth, words[3]);
            words = words[Lanes..];
        }

        foreach (var last in data[^(data.Length % StripeBytes)..]) first = BitOperations.Crc32C(first, last);
        _isOver = data.Length % StripeBytes != 0;
        (_first, _second, _third, _fourth) = (first, second, third, fourth);
    }
}
