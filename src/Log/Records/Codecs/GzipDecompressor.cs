using System.Buffers.Binary;
using System.IO.Compression;

namespace Actors.Log;

/// <summary>One gzip member, as Kafka's producers write it (RFC 1952).</summary>
/// <remarks>
/// The stream of the base library checks the CRC in the trailer when it gets there and takes an input that is cut short for
/// one that has ended. So the length in the last four bytes is compared with what came out: bytes that are missing or added show.
/// </remarks>
internal sealed unsafe class GzipDecompressor : Decompressor
{
    private const int MinMemberBytes = 18;

    private GZipStream? _stream;
    private uint _declaredLength;
    private uint _length;
    private bool _tooShort;

    public override void Finish()
    {
        _stream?.Dispose();
        _stream = null;
    }

    public override void Dispose()
    {
        Finish();
        base.Dispose();
    }

    protected override void StartCore(byte* input, int length)
    {
        Finish();
        _length = 0;
        _tooShort = length < MinMemberBytes;
        if (_tooShort)
            return;
        _declaredLength = BinaryPrimitives.ReadUInt32LittleEndian(new ReadOnlySpan<byte>(input + length - sizeof(uint), sizeof(uint)));
        _stream = new GZipStream(new UnmanagedMemoryStream(input, length), CompressionMode.Decompress);
    }

    protected override int ReadCore(Span<byte> output)
    {
        if (_tooShort || _stream is null)
            return CorruptInput;
        try
        {
            int count = _stream.Read(output);
            _length += (uint)count;
            return count > 0 || _length == _declaredLength ? count : CorruptInput;
        }
        catch (InvalidDataException)
        {
            return CorruptInput;
        }
    }
}
