namespace Actors.Log;

/// <summary>LZ4 frames through liblz4. A frame's blocks have at most 4 MiB, which bounds the library's memory.</summary>
internal sealed unsafe class Lz4Decompressor : Decompressor
{
    private nint _context;
    private byte* _input;
    private int _left;
    private bool _inFrame;

    /// <exception cref="CodecUnavailableException">liblz4 is not installed.</exception>
    public Lz4Decompressor()
    {
        nuint code;
        try
        {
            code = Lz4Native.CreateContext(out _context, Lz4Native.FrameVersion);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new CodecUnavailableException(CompressionCodec.Lz4, Lz4Native.Library, Lz4Native.Package, e);
        }

        if (Lz4Native.IsError(code) != 0 || _context == 0)
            throw new InsufficientMemoryException("liblz4 could not allocate a decompression context.");
    }

    ~Lz4Decompressor() => Free();

    public override void Dispose()
    {
        Free();
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    protected override void StartCore(byte* input, int length)
    {
        Lz4Native.ResetContext(_context);
        _input = input;
        _left = length;
        _inFrame = true; // an empty input is a frame that is missing
    }

    protected override int ReadCore(Span<byte> output)
    {
        fixed (byte* start = output)
        {
            while (_inFrame || _left > 0)
            {
                nuint written = (nuint)output.Length, read = (nuint)_left;
                nuint code = Lz4Native.Decompress(_context, start, ref written, _input, ref read, 0);
                if (Lz4Native.IsError(code) != 0)
                    return CorruptInput;
                _input += read;
                _left -= (int)read;
                _inFrame = code != 0;
                if (written > 0)
                    return (int)written;
                if (_inFrame && read == 0)
                    return CorruptInput; // wants more input than there is
            }

            return 0;
        }
    }

    private void Free()
    {
        if (_context != 0)
            _ = Lz4Native.FreeContext(_context);
        _context = 0;
    }
}
