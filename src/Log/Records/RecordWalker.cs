using System.Buffers;

namespace Actors.Log;

/// <summary>Walks over the records of a batch and checks their form, skipping keys, values and headers.</summary>
/// <remarks>
/// Records without compression are walked where they lie. Compressed ones are decompressed into a window of 64 KiB that
/// moves along, so that no record and no claim makes the walk take more memory.
/// Record: varint length, int8 attributes, varlong timestamp delta, varint offset delta, varint key length (-1: null), key,
/// varint value length (-1: null), value, varint headers, for each: varint key length, key, varint value length (-1: null), value.
/// </remarks>
internal unsafe ref struct RecordWalker
{
    private const int WindowBytes = 64 * 1024;
    private const int MinHeaderBytes = 2;

    private readonly CompressionCodec _codec;
    private readonly Decompressor? _source;
    private readonly byte[]? _rented;
    private ReadOnlySpan<byte> _window;
    private int _at;
    private long _windowStart;
    private bool _ended;
    private BatchError _error;

    private RecordWalker(ReadOnlySpan<byte> records) => _window = records;

    private RecordWalker(CompressionCodec codec, Decompressor source)
    {
        _codec = codec;
        _source = source;
        _rented = ArrayPool<byte>.Shared.Rent(WindowBytes);
    }

    /// <summary>Why the walk cannot go on; None while it can.</summary>
    public readonly BatchError Error => _error;

    /// <summary>Bytes of records behind the walk, decompressed.</summary>
    private readonly long Position => _windowStart + _at;

    /// <summary>Starts a walk; <see cref="Dispose"/> ends it.</summary>
    /// <param name="codec">A known codec.</param>
    /// <param name="records">What follows the batch's header.</param>
    /// <param name="pinned">The address of <paramref name="records"/>, which the caller keeps pinned until the walk ends.</param>
    /// <param name="maxDecompressedBytes">Most bytes that compressed records may become.</param>
    /// <exception cref="CodecUnavailableException">The codec's library is not installed.</exception>
    public static RecordWalker Start(CompressionCodec codec, ReadOnlySpan<byte> records, byte* pinned, long maxDecompressedBytes)
    {
        if (codec == CompressionCodec.None)
            return new RecordWalker(records);
        Decompressor source = Decompressors.Rent(codec);
        source.Start(pinned, records.Length, maxDecompressedBytes);
        return new RecordWalker(codec, source);
    }

    /// <summary>Reads the next record.</summary>
    /// <returns>False when it is malformed or missing; <see cref="Error"/> says why.</returns>
    public bool TryRead(out RecordSummary record)
    {
        record = default;
        if (!TryReadInt(out int length) || length < 0)
            return Fail();
        long end = Position + length;
        if (!Skip(1, end) || !TryReadLong(out long timestampDelta) || !TryReadInt(out int offsetDelta))
            return Fail();
        if (!TryReadInt(out int keyBytes) || !SkipNullable(keyBytes, end))
            return Fail();
        if (!TryReadInt(out int valueBytes) || !SkipNullable(valueBytes, end))
            return Fail();
        if (!TryReadInt(out int headers) || headers < 0 || headers > (end - Position) / MinHeaderBytes)
            return Fail();
        for (int i = 0; i < headers; i++)
        {
            if (!TryReadInt(out int headerKeyBytes) || headerKeyBytes < 0 || !Skip(headerKeyBytes, end))
                return Fail();
            if (!TryReadInt(out int headerValueBytes) || !SkipNullable(headerValueBytes, end))
                return Fail();
        }

        record = new RecordSummary(timestampDelta, offsetDelta, keyBytes >= 0);
        return Position == end || Fail();
    }

    /// <summary>Whether nothing follows the records that were read.</summary>
    public bool IsAtEnd()
    {
        if (_error != BatchError.None)
            return false;
        if (_at < _window.Length)
            return Fail();
        return !Refill() && _error == BatchError.None;
    }

    /// <summary>Gives back what the walk borrowed.</summary>
    public void Dispose()
    {
        if (_source is not null)
            Decompressors.Return(_codec, _source);
        if (_rented is not null)
            ArrayPool<byte>.Shared.Return(_rented);
    }

    private bool TryReadLong(out long value)
    {
        if (_source is not null && _window.Length - _at < Varint.MaxBytes)
            _ = Refill();
        return Varint.TryReadLong(_window, ref _at, out value);
    }

    private bool TryReadInt(out int value)
    {
        bool read = TryReadLong(out long wide);
        value = (int)wide;
        return read && value == wide;
    }

    private bool SkipNullable(int count, long end) => count >= -1 && Skip(Math.Max(count, 0), end);

    private bool Skip(int count, long end)
    {
        if (Position + count > end)
            return false;
        while (_window.Length - _at < count)
        {
            if (_source is null)
                return false;
            count -= _window.Length - _at;
            _at = _window.Length;
            if (!Refill())
                return false;
        }

        _at += count;
        return true;
    }

    /// <summary>Moves what is left to the front of the window and appends decompressed bytes.</summary>
    /// <returns>Whether bytes were appended; at the end and on an error, which is remembered, there are none.</returns>
    private bool Refill()
    {
        if (_source is null || _ended)
            return false;
        Span<byte> window = _rented.AsSpan(0, WindowBytes);
        int left = _window.Length - _at;
        _window[_at..].CopyTo(window);
        _windowStart += _at;
        _at = 0;
        int filled = left;
        DecompressionStatus status = DecompressionStatus.More;
        while (filled < WindowBytes && status == DecompressionStatus.More)
        {
            status = _source.Read(window[filled..], out int written);
            filled += written;
        }

        _window = window[..filled];
        if (status != DecompressionStatus.More)
        {
            _ended = true;
            _error = RecordCompression.ToError(status);
        }

        return filled > left;
    }

    private bool Fail()
    {
        if (_error == BatchError.None)
            _error = BatchError.InvalidRecord;
        return false;
    }
}
