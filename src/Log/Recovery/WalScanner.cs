namespace Actors.Log;

/// <summary>Reads the records of the write-ahead log in order, from a checkpoint to the end of what counts.</summary>
/// <remarks>
/// <para>Where several uses of files claim an LSN, the newest one holds it: it was begun when the log ended there.</para>
/// <para>Torn or rotten? Reading stops at bytes that are not the record expected. If a later flush says that the log had been synced
/// beyond that point, acknowledged bytes are damaged; if not, it is the end that a crash tore, and never was acknowledged. A
/// flush that continues exactly there, in a newer file, is what an earlier recovery went on with.</para>
/// </remarks>
internal sealed class WalScanner : IDisposable
{
    private const int ChunkBytes = 8 << 20;

    private readonly IFileSystem _files;
    private readonly WalFileFound[] _uses;
    private readonly Action _beforeReload;
    private readonly int _chunkBytes;
    private byte[] _buffer;
    private WalFileFound? _loaded;
    private IFile? _open;
    private long _loadedLsn;
    private int _loadedBytes;
    private long _lsn;
    private long _flushEndLsn;

    /// <param name="found">All files of the log.</param>
    /// <param name="startLsn">The exact end of a flush that a checkpoint covers.</param>
    /// <param name="beforeReload">Payloads handed out before this call are gone after it.</param>
    public WalScanner(IFileSystem files, IReadOnlyList<WalFileFound> found, long startLsn, Action beforeReload)
    {
        _files = files;
        _uses = [.. found.Where(f => f.Header is not null).OrderByDescending(f => f.Header!.Value.Sequence)];
        _beforeReload = beforeReload;
        _chunkBytes = (int)Math.Min(ChunkBytes, found.Count == 0 ? WalFileHeader.PageBytes : found.Max(f => f.LengthBytes));
        _buffer = GC.AllocateUninitializedArray<byte>(_chunkBytes);
        EndLsn = _lsn = _flushEndLsn = startLsn;
    }

    /// <summary>Where the last sound record ends.</summary>
    public long EndLsn { get; private set; }

    /// <summary>Memory that holds the payloads.</summary>
    public byte[] Buffer => _buffer;

    /// <summary>Acknowledged bytes that are damaged; null when the log ended cleanly or torn.</summary>
    public string? Damage { get; private set; }

    /// <summary>The file in which reading ended, or null.</summary>
    public string? EndPath => _loaded?.Path;

    /// <summary>The highest LSN that any file might hold.</summary>
    public long LastPossibleLsn => _uses.Length == 0 ? EndLsn : Math.Max(EndLsn, _uses.Max(EndOf));

    /// <summary>Paths of files from which records were read.</summary>
    public HashSet<string> Touched { get; } = [];

    /// <summary>The next record.</summary>
    /// <param name="payloadStart">Index of its payload in <see cref="Buffer"/>.</param>
    /// <returns>False at the end of what counts.</returns>
    public bool Next(out WalRecord record, out int payloadStart)
    {
        while (true)
        {
            if (_lsn == _flushEndLsn && !BeginFlush())
            {
                if (Continues())
                    continue;
                record = default;
                payloadStart = 0;
                return false;
            }

            int at = (int)(_lsn - _loadedLsn);
            int left = (int)(_flushEndLsn - _lsn);
            if (WalRecord.TryRead(_buffer.AsSpan(at, left), _loaded!.Header!.Value.Salt, _lsn, out record) && (record.Type != WalRecordType.FlushHeader || IsFlushStart(record)))
            {
                _lsn = record.EndLsn;
                EndLsn = _lsn;
                payloadStart = at + WalRecord.HeaderBytes;
                return true;
            }

            if (!Continues())
            {
                payloadStart = 0;
                return false;
            }
        }
    }

    public void Dispose() => _open?.Dispose();

    private static long EndOf(WalFileFound use) => use.Header!.Value.FirstLsn + use.LengthBytes - WalFileHeader.DataStart;

    private static bool IsFlushStart(in WalRecord record) => record.Lsn % WalFileHeader.PageBytes == 0 && record.Length == WalRecord.HeaderBytes;

    /// <summary>The use that holds <paramref name="lsn"/>, if any does.</summary>
    private WalFileFound? UseOf(long lsn)
    {
        foreach (WalFileFound use in _uses)
        {
            if (use.Header!.Value.FirstLsn <= lsn)
                return lsn < EndOf(use) ? use : null;
        }

        return null;
    }

    private bool BeginFlush()
    {
        long start = WalFileHeader.AlignUp(EndLsn);
        if (Damage is not null || UseOf(start) is not { } use || !TryReadFlushHeader(use, start, out WalRecord header) || header.BaseOffset != EndLsn)
            return false;
        if (!Load(use, start, (int)(header.NextOffset - start)))
        {
            Damage = $"{use.Path} ends inside the flush at LSN {start}.";
            return false;
        }

        Touched.Add(use.Path);
        _lsn = start;
        _flushEndLsn = header.NextOffset;
        return true;
    }

    private bool TryReadFlushHeader(WalFileFound use, long lsn, out WalRecord header)
    {
        header = default;
        return Load(use, lsn, WalRecord.HeaderBytes)
            && WalRecord.TryRead(_buffer.AsSpan((int)(lsn - _loadedLsn), WalRecord.HeaderBytes), use.Header!.Value.Salt, lsn, out header)
            && header.Type == WalRecordType.FlushHeader
            && header.NextOffset >= lsn + WalRecord.HeaderBytes && header.NextOffset <= EndOf(use);
    }

    /// <summary>Reading has stopped at <see cref="EndLsn"/>: looks for the first flush behind it and decides what it means.</summary>
    /// <returns>Whether the log goes on with that flush.</returns>
    private bool Continues()
    {
        _lsn = _flushEndLsn = EndLsn;
        if (Damage is not null)
            return false;
        long stoppedIn = WalFileHeader.AlignUp(EndLsn);
        foreach (WalFileFound use in _uses.OrderBy(u => u.Header!.Value.FirstLsn).ThenByDescending(u => u.Header!.Value.Sequence))
        {
            for (long lsn = Math.Max(stoppedIn, use.Header!.Value.FirstLsn); lsn < EndOf(use) && UseOf(lsn) == use; lsn += WalFileHeader.PageBytes)
            {
                if (!TryReadFlushHeader(use, lsn, out WalRecord header))
                    continue;
                if (header.BaseOffset == EndLsn && lsn == stoppedIn)
                    return true;
                Damage = $"the record at LSN {EndLsn} is damaged, but the flush at LSN {lsn} in {use.Path} says that the log had been synced up to {header.BaseOffset}: acknowledged records are lost.";
                return false;
            }
        }

        return false;
    }

    /// <summary>Sees to it that bytes of a file are in the buffer.</summary>
    /// <returns>False when the file ends before them.</returns>
    private bool Load(WalFileFound use, long lsn, int bytes)
    {
        if (_loaded == use && lsn >= _loadedLsn && lsn + bytes <= _loadedLsn + _loadedBytes)
            return true;

        _beforeReload();
        if (_loaded != use)
        {
            _open?.Dispose();
            _open = null;
            _loaded = null;
            _open = _files.Open(use.Path, FileOpening.Existing);
            _loaded = use;
        }

        int wanted = (int)Math.Min(Math.Max(bytes, _chunkBytes), EndOf(use) - lsn);
        if (_buffer.Length < wanted)
            _buffer = GC.AllocateUninitializedArray<byte>(wanted);
        _loadedLsn = lsn;
        _loadedBytes = _open!.ReadAll(_buffer.AsSpan(0, wanted), WalFileHeader.DataStart + (lsn - use.Header!.Value.FirstLsn));
        return bytes <= _loadedBytes;
    }
}
