using System.Buffers;
using System.Buffers.Binary;

namespace Actors.Log;

/// <summary>Snappy as Kafka's producers write it: xerial's framing (Java, python) or one raw block (librdkafka).</summary>
/// <remarks>
/// Xerial: the 8 bytes 82 "SNAPPY" 00, int32 version, int32 oldest compatible version, then chunks of int32 length and a raw block;
/// big-endian. A block is decompressed whole, so its claimed length is checked against the limit and against what its size can hold.
/// </remarks>
internal sealed unsafe class SnappyDecompressor : Decompressor
{
    public const int XerialHeaderBytes = 16;

    private byte* _input;
    private int _left;
    private bool _framed;
    private byte[]? _block;
    private int _blockAt;
    private int _blockEnd;

    public static ReadOnlySpan<byte> XerialMagic => [0x82, (byte)'S', (byte)'N', (byte)'A', (byte)'P', (byte)'P', (byte)'Y', 0];

    public override void Finish()
    {
        if (_block is not null)
            ArrayPool<byte>.Shared.Return(_block);
        _block = null;
        _blockAt = _blockEnd = 0;
    }

    public override void Dispose()
    {
        Finish();
        base.Dispose();
    }

    protected override void StartCore(byte* input, int length)
    {
        Finish();
        _framed = new ReadOnlySpan<byte>(input, length).StartsWith(XerialMagic);
        _input = input;
        _left = length;
        if (_framed)
            Advance(Math.Min(length, XerialHeaderBytes));
        else if (length == 0)
            _left = -1; // not even the length of a block
    }

    protected override int ReadCore(Span<byte> output)
    {
        while (_blockAt == _blockEnd)
        {
            if (_left == 0)
                return 0;
            int result = NextBlock();
            if (result < 0)
                return result;
        }

        int count = Math.Min(output.Length, _blockEnd - _blockAt);
        _block.AsSpan(_blockAt, count).CopyTo(output);
        _blockAt += count;
        return count;
    }

    private int NextBlock()
    {
        Finish();
        int length = _left;
        if (_framed)
        {
            if (_left < sizeof(int))
                return CorruptInput;
            length = BinaryPrimitives.ReadInt32BigEndian(new ReadOnlySpan<byte>(_input, sizeof(int)));
            Advance(sizeof(int));
        }

        if (length <= 0 || length > _left)
            return CorruptInput;
        var block = new ReadOnlySpan<byte>(_input, length);
        if (!SnappyBlock.TryReadLength(block, out int outputBytes, out int prefixBytes))
            return CorruptInput;
        if (outputBytes > LeftBytes)
            return LimitExceeded;

        _block = ArrayPool<byte>.Shared.Rent(outputBytes);
        if (!SnappyBlock.TryDecompress(block[prefixBytes..], _block.AsSpan(0, outputBytes)))
            return CorruptInput;
        _blockEnd = outputBytes;
        Advance(length);
        return 0;
    }

    private void Advance(int count)
    {
        _input += count;
        _left -= count;
    }
}
