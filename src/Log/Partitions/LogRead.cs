using System.Buffers;

namespace Actors.Log;

/// <summary>Whole record batches that were read: a lease on memory of the log. Dispose it once, soon, and never wait for a socket while holding it.</summary>
/// <remarks>The chunks point into the log's slabs or a pooled buffer; a lease that is kept holds up appends once the slabs are used up.</remarks>
public sealed class LogRead : IDisposable
{
    private ReadOnlyMemory<byte>[] _chunks;
    private Slab?[]? _slabs;
    private byte[]? _pooled;
    private int _chunkCount;
    private int _slabCount;

    private LogRead(ReadOnlyMemory<byte>[] chunks, int chunkCount, int bytes, long nextOffset)
    {
        _chunks = chunks;
        _chunkCount = chunkCount;
        Bytes = bytes;
        NextOffset = nextOffset;
    }

    /// <summary>Total bytes of all chunks; 0 when there was nothing to read.</summary>
    public int Bytes { get; }

    /// <summary>Offset after the last record read; the offset asked for when nothing was read.</summary>
    public long NextOffset { get; }

    /// <summary>The offset asked for is below the start or above the end of the log.</summary>
    public bool IsOutOfRange { get; private init; }

    /// <summary>The batches in order; a chunk holds one or several whole batches.</summary>
    public ReadOnlySpan<ReadOnlyMemory<byte>> Chunks => _chunks.AsSpan(0, _chunkCount);

    /// <summary>Copies all batches to <paramref name="output"/>.</summary>
    public void CopyTo(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        foreach (ReadOnlyMemory<byte> chunk in Chunks)
            output.Write(chunk.Span);
    }

    /// <summary>Copies all batches to <paramref name="target"/>, which must have room for <see cref="Bytes"/>.</summary>
    public void CopyTo(Span<byte> target)
    {
        foreach (ReadOnlyMemory<byte> chunk in Chunks)
        {
            chunk.Span.CopyTo(target);
            target = target[chunk.Length..];
        }
    }

    /// <summary>All batches in one new array.</summary>
    public byte[] ToArray()
    {
        var all = new byte[Bytes];
        CopyTo(all);
        return all;
    }

    public void Dispose()
    {
        for (int i = 0; i < _slabCount; i++)
            _slabs![i]!.Release();
        if (_slabs is not null)
            ArrayPool<Slab?>.Shared.Return(_slabs, clearArray: true);
        if (_pooled is not null)
            ArrayPool<byte>.Shared.Return(_pooled);
        if (_chunks.Length > 0)
            ArrayPool<ReadOnlyMemory<byte>>.Shared.Return(_chunks, clearArray: true);
        _chunks = [];
        _slabs = null;
        _pooled = null;
        _chunkCount = _slabCount = 0;
    }

    internal static LogRead Nothing(long offset) => new([], 0, 0, offset);

    internal static LogRead OutOfRange(long offset) => new([], 0, 0, offset) { IsOutOfRange = true };

    internal static LogRead FromBuffer(byte[] pooled, int start, int bytes, long nextOffset)
    {
        ReadOnlyMemory<byte>[] chunks = ArrayPool<ReadOnlyMemory<byte>>.Shared.Rent(1);
        chunks[0] = pooled.AsMemory(start, bytes);
        return new LogRead(chunks, 1, bytes, nextOffset) { _pooled = pooled };
    }

    internal static LogRead FromSlabs(ReadOnlyMemory<byte>[] chunks, int chunkCount, Slab?[] slabs, int slabCount, int bytes, long nextOffset) =>
        new(chunks, chunkCount, bytes, nextOffset) { _slabs = slabs, _slabCount = slabCount };
}
