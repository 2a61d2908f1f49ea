using System.Buffers;

namespace Actors.Log;

/// <summary>Walks the batch headers of a segment's file, from a position on.</summary>
internal sealed class BatchScan : IDisposable
{
    private const int BufferBytes = 32 * 1024;

    private readonly IFile _file;
    private readonly int _end;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int _bufferPosition;
    private int _bufferLength;
    private long _fromOffset;

    /// <param name="position">Where a batch starts.</param>
    /// <param name="end">Where the last one ends.</param>
    /// <param name="fromOffset">No batch starts below this offset.</param>
    public BatchScan(IFile file, int position, int end, long fromOffset)
    {
        _file = file;
        _end = end;
        _fromOffset = fromOffset;
        NextPosition = position;
    }

    /// <summary>Where the current batch starts.</summary>
    public int Position { get; private set; }

    /// <summary>Where the next one starts.</summary>
    public int NextPosition { get; private set; }

    /// <summary>The scan ended at bytes that are no batch.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>The current batch's header; valid until the next move.</summary>
    public BatchPeek Current => new(Header);

    /// <summary>The current batch's header bytes; valid until the next move.</summary>
    public ReadOnlySpan<byte> Header => _buffer.AsSpan(Position - _bufferPosition, RecordBatch.HeaderBytes);

    /// <summary>Goes to the next batch.</summary>
    /// <returns>False at the end, or where bytes are no batch.</returns>
    public bool MoveNext()
    {
        if (NextPosition >= _end || IsDamaged)
            return false;
        if (NextPosition < _bufferPosition || NextPosition + RecordBatch.HeaderBytes > _bufferPosition + _bufferLength)
        {
            _bufferPosition = NextPosition;
            _bufferLength = _file.ReadAll(_buffer.AsSpan(0, Math.Min(BufferBytes, _end - NextPosition)), NextPosition);
        }

        if (_bufferPosition + _bufferLength - NextPosition < RecordBatch.HeaderBytes)
        {
            IsDamaged = true;
            return false;
        }

        Position = NextPosition;
        BatchPeek batch = Current;
        if (!batch.IsPlausible(_fromOffset) || batch.SizeBytes > _end - Position)
        {
            IsDamaged = true;
            return false;
        }

        _fromOffset = batch.NextOffset;
        NextPosition = Position + (int)batch.SizeBytes;
        return true;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }
}
