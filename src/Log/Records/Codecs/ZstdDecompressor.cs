namespace Actors.Log;

/// <summary>Zstandard frames (RFC 8878) through libzstd.</summary>
/// <remarks>
/// A frame may claim a window of up to 128 MiB. The library reserves that much address space and touches only what it writes,
/// so the memory in use is bounded by what has come out; a context that has grown is not kept.
/// </remarks>
internal sealed unsafe class ZstdDecompressor : Decompressor
{
    private const int MaxKeptBytes = 4 * 1024 * 1024;

    private nint _context;
    private ZstdNative.Buffer _input;
    private bool _inFrame;

    /// <exception cref="CodecUnavailableException">libzstd is not installed.</exception>
    public ZstdDecompressor()
    {
        try
        {
            _context = ZstdNative.CreateContext();
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new CodecUnavailableException(CompressionCodec.Zstd, ZstdNative.Library, ZstdNative.Package, e);
        }

        if (_context == 0)
            throw new InsufficientMemoryException("libzstd could not allocate a decompression context.");
    }

    ~ZstdDecompressor() => Free();

    public override bool IsOversized => ZstdNative.ContextBytes(_context) > MaxKeptBytes;

    public override void Dispose()
    {
        Free();
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    protected override void StartCore(byte* input, int length)
    {
        _ = ZstdNative.ResetContext(_context, ZstdNative.ResetSession);
        _input = new ZstdNative.Buffer { Start = input, Length = (nuint)length };
        _inFrame = true; // an empty input is a frame that is missing
    }

    protected override int ReadCore(Span<byte> output)
    {
        fixed (byte* start = output)
        fixed (ZstdNative.Buffer* input = &_input)
        {
            var target = new ZstdNative.Buffer { Start = start, Length = (nuint)output.Length };
            while (_inFrame || _input.Position < _input.Length)
            {
                nuint before = _input.Position;
                nuint code = ZstdNative.DecompressStream(_context, &target, input);
                if (ZstdNative.IsError(code) != 0)
                    return CorruptInput;
                _inFrame = code != 0;
                if (target.Position > 0)
                    return (int)target.Position;
                if (_inFrame && _input.Position == before)
                    return CorruptInput; // wants more input than there is
            }

            return 0;
        }
    }

    private void Free()
    {
        if (_context != 0)
            _ = ZstdNative.FreeContext(_context);
        _context = 0;
    }
}
