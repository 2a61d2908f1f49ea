using Actors.Storage.Pacing;

namespace Actors.Storage.BackEnds.Files;

internal sealed partial class FileCopy
{
    private async Task<(long End, UInt128 Checksum)> CopySegmentAsync(IVolumeFile source, IVolumeFile target, long from, long length, CancellationToken stop)
    {
        var checksum = new DataChecksum();
        var started = _time.GetTimestamp();
        var end = Math.Min(length, from + _options.SegmentBytes);
        var at = from;
        var writing = new Task[WritesAtOnce];
        Array.Fill(writing, Task.CompletedTask);
        try
        {
            for (var turn = 0; at < end && (at == from || _time.GetElapsedTime(started) < _options.LongestSegment); turn++)
            {
                var bytes = await TakePieceAsync(_lease, end - at, stop);
                var piece = _pieces[turn % _pieces.Length][..bytes];
                var read = Read(source, _sourceDisk, piece.Span, at);
                if (read < bytes) throw new IOException($"{_order.SourceFile} ends at byte {at + read}, and was longer before");
                checksum.Add(piece.Span);
                // The piece after the next is read into what this one was written from.
                await writing[turn % WritesAtOnce];
                writing[turn % WritesAtOnce] = WriteAsync(target, piece, at);
                at += bytes;
            }

            await Task.WhenAll(writing);
        }
        catch
        {
            // They use the file and the memory; and what has failed of them is to be known, whatever else has ended the copy.
            await Task.WhenAll(writing);
            throw;
        }

        return (at, checksum.Value);
    }

    // At least a chunk, and more when the rate has brought it already: a slow copy is gentle to the disk, and a fast one does not lose its time between calls.
    private static async ValueTask<int> TakePieceAsync(ByteLease lease, long leftBytes, CancellationToken stop)
    {
        var bytes = (int)Math.Min(ChunkBytes, leftBytes);
        await lease.TakeAsync(bytes, stop);
        while (bytes < MaxPieceBytes && (int)Math.Min(ChunkBytes, leftBytes - bytes) is > 0 and var more && lease.TryTake(more)) bytes += more;
        return bytes;
    }

    private Task WriteAsync(IVolumeFile target, ReadOnlyMemory<byte> piece, long at)
    {
        if (IsData(piece.Span)) return Task.Run(() => Write(target, piece, at));
        Interlocked.Add(ref _copiedBytes, piece.Length);
        return Task.CompletedTask;
    }

    // Chunks of zeros stay holes, in a large piece too; what lies between them is written at once.
    private void Write(IVolumeFile target, ReadOnlyMemory<byte> piece, long at)
    {
        for (int from = 0, end; from < piece.Length; from = end)
        {
            end = Math.Min(from + ChunkBytes, piece.Length);
            var isData = IsData(piece.Span[from..end]);
            while (end < piece.Length && Math.Min(end + ChunkBytes, piece.Length) is var next && IsData(piece.Span[end..next]) == isData) end = next;
            if (isData) WriteData(target, piece.Span[from..end], at + from);
            Interlocked.Add(ref _copiedBytes, end - from);
        }
    }

    private static bool IsData(ReadOnlySpan<byte> bytes) => bytes.ContainsAnyExcept((byte)0);

    private void WriteData(IVolumeFile target, ReadOnlySpan<byte> data, long at)
    {
        _activity?.Begin(_targetDisk, data.Length);
        try
        {
            target.Write(data, at);
        }
        finally
        {
            _activity?.End(_targetDisk, data.Length);
        }
    }

    private int Read(IVolumeFile file, string? disk, Span<byte> buffer, long at)
    {
        _activity?.Begin(disk, buffer.Length);
        try
        {
            return file.Read(buffer, at);
        }
        finally
        {
            _activity?.End(disk, buffer.Length);
        }
    }

    // What was written is read back from the disk, not from memory, and compared; then it is noted.
    /// <returns>Whether the source is as it was when the copy began; otherwise nothing is noted.</returns>
    private async Task<bool> SealAsync(IVolumeFile source, IVolumeFile target, long from, long end, UInt128 expected, FileStamp stamp, CancellationToken stop)
    {
        await ApartAsync(() => Sync(source, target, from, end));
        var checksum = await ReadBackAsync(target, from, end, stop);
        target.DropCache(from, end - from);
        if (checksum != expected)
        {
            throw new BackEndException(
                FormattableString.Invariant($"{_order.TargetFile} does not hold what was written to it, between the bytes {from} and {end}: its disk loses data; take it out of use"), isPermanent: true);
        }

        if (_files.Stamp(_order.SourceFile) != stamp) return false;
        await ApartAsync(() => Note(copy => copy with { SyncedBytes = end }));
        return true;
    }

    // Syncs take long: not on a thread of the pool.
    private static Task ApartAsync(Action work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Sync(IVolumeFile source, IVolumeFile target, long from, long end)
    {
        _activity?.Begin(_targetDisk, SyncOverheadBytes);
        _activity?.End(_targetDisk, SyncOverheadBytes);
        target.Sync();
        source.DropCache(from, end - from);
        target.DropCache(from, end - from);
    }

    // At a pace too, or an application would feel it. A copy that ends still reads back what it has copied, at once.
    private async Task<UInt128> ReadBackAsync(IVolumeFile target, long from, long end, CancellationToken stop)
    {
        var checksum = new DataChecksum();
        for (var at = from; at < end;)
        {
            var bytes = stop.IsCancellationRequested ? (int)Math.Min(MaxPieceBytes, end - at) : await TakePieceToReadBackAsync(end - at, stop);
            var read = Read(target, _targetDisk, _checked.Span[..bytes], at);
            if (read == 0) break;
            checksum.Add(_checked.Span[..read]);
            at += read;
        }

        return checksum.Value;
    }

    private async ValueTask<int> TakePieceToReadBackAsync(long leftBytes, CancellationToken stop)
    {
        try
        {
            return await TakePieceAsync(_readBackLease, leftBytes, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return (int)Math.Min(ChunkBytes, leftBytes);
        }
    }
}
