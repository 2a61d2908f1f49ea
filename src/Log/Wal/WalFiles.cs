using System.Globalization;

namespace Actors.Log;

/// <summary>The preallocated files of the write-ahead log: in use, in the order of their LSNs, or ready for their next use.</summary>
/// <remarks>A file is recycled when a checkpoint covers all of it. Files are made and recycled on the checkpoint side, taken on the append side.</remarks>
internal sealed class WalFiles : IDisposable
{
    private const string Prefix = "wal-";

    private readonly LogOptions _options;
    private readonly IFileSystem _files;
    private readonly Guid _storageId;
    private readonly Func<uint> _salts;
    private readonly Lock _lock = new();
    private readonly Queue<WalFile> _ready = new();
    private readonly List<WalFile> _used = [];
    private int _nextNumber = 1;
    private long _sequence;
    private long _syncedSequence;
    private Action? _onTaken;

    public WalFiles(LogOptions options, string directory, IFileSystem files, Guid storageId, Func<uint> salts)
    {
        _options = options;
        _files = files;
        _storageId = storageId;
        _salts = salts;
        Directory = directory;
    }

    public string Directory { get; }

    /// <summary>Files that can be begun at once.</summary>
    public int ReadyCount
    {
        get
        {
            lock (_lock)
                return _ready.Count;
        }
    }

    /// <summary>The newest use whose header is synced; a checkpoint keeps it, so that a write-ahead log that has vanished is noticed.</summary>
    public long SyncedSequence => Volatile.Read(ref _syncedSequence);

    /// <summary>Whether all files that are allowed are in use.</summary>
    public bool IsExhausted
    {
        get
        {
            lock (_lock)
                return _ready.Count == 0 && IsAtLimit;
        }
    }

    private bool IsAtLimit => (_used.Count + _ready.Count + 1) * _options.WalFileBytes > _options.MaxWalBytes;

    /// <summary>Enough for what a checkpoint interval writes, and for what comes while a checkpoint is made.</summary>
    private int MaxReady => (int)(_options.CheckpointBytes / _options.WalFileBytes) + 2;

    /// <summary>Whether a file of this name is one of a write-ahead log.</summary>
    public static bool IsName(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Called when a file was taken, so that another one is made ready.</summary>
    public void OnTaken(Action callback) => _onTaken = callback;

    /// <summary>Reads the headers of all files in the folder.</summary>
    /// <exception cref="StorageFormatException">A file is of another data directory or of a newer format.</exception>
    public IReadOnlyList<WalFileFound> Find()
    {
        var found = new List<WalFileFound>();
        foreach (string name in _files.ListFiles(Directory))
        {
            if (!IsName(name) || !int.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                continue;
            string path = $"{Directory}/{name}";
            using IFile file = _files.Open(path, FileOpening.Existing);
            var pages = new byte[WalFileHeader.DataStart];
            int read = file.ReadAll(pages, 0);
            bool isUsed = WalFileHeader.TryRead(pages.AsSpan(0, read), out WalFileHeader header, out int format);
            if (isUsed && format > WalFileHeader.Format)
                throw new StorageFormatException(path, $"the file has format {format}; this version reads up to {WalFileHeader.Format}. Start the version that wrote it.");
            if (isUsed && header.StorageId != _storageId)
                throw new StorageFormatException(path, $"the file belongs to storage {header.StorageId}, this data directory is {_storageId}. Put the right write-ahead log folder in place.");
            found.Add(new WalFileFound(number, path, file.Length, isUsed ? header : null));
        }

        return [.. found.OrderBy(f => f.Number)];
    }

    /// <summary>Takes over what recovery has read: files that a checkpoint does not cover yet stay in use, the others get ready.</summary>
    /// <param name="keptFromLsn">Files that hold nothing at or above it are free.</param>
    /// <param name="endLsn">Where the log ends: files that begin there or behind hold nothing yet.</param>
    public void Adopt(IReadOnlyList<WalFileFound> found, long keptFromLsn, long endLsn)
    {
        foreach (WalFileFound candidate in found)
        {
            _nextNumber = Math.Max(_nextNumber, candidate.Number + 1);
            _sequence = Math.Max(_sequence, candidate.Header?.Sequence ?? 0);
            bool holdsRecords = candidate.Header is { } header && header.FirstLsn + candidate.LengthBytes > keptFromLsn && header.FirstLsn < endLsn;
            if (!holdsRecords && candidate.LengthBytes != _options.WalFileBytes)
            {
                _files.DeleteFile(candidate.Path);
                continue;
            }

            var file = new WalFile(_files.OpenDirect(candidate.Path, FileOpening.Existing), candidate.LengthBytes);
            if (holdsRecords)
            {
                file.Header = candidate.Header!.Value;
                file.IsHeaderSynced = true;
                _used.Add(file);
            }
            else
            {
                _ready.Enqueue(file);
            }
        }

        _used.Sort((left, right) => left.Header.FirstLsn.CompareTo(right.Header.FirstLsn));
        _syncedSequence = _sequence;
    }

    /// <summary>Begins a new use of a ready file, whose flushes start at <paramref name="firstLsn"/>. The caller has seen that one is ready.</summary>
    public WalFile Begin(long firstLsn)
    {
        WalFile file;
        lock (_lock)
        {
            file = _ready.Dequeue();
            file.Header = new WalFileHeader(_salts(), _storageId, ++_sequence, firstLsn);
            file.IsHeaderSynced = false;
            _used.Add(file);
        }

        _onTaken?.Invoke();
        return file;
    }

    public void HeaderSynced(WalFile file) => Volatile.Write(ref _syncedSequence, file.Header.Sequence);

    /// <summary>Makes one more file ready, when none is or none would be after the next one is taken.</summary>
    /// <returns>Whether a file was made.</returns>
    public bool Prepare()
    {
        int number;
        lock (_lock)
        {
            if (_ready.Count >= 1 || IsAtLimit)
                return false;
            number = _nextNumber++;
        }

        string path = $"{Directory}/{Prefix}{number.ToString("D6", CultureInfo.InvariantCulture)}";
        IFile file = _files.OpenDirect(path, FileOpening.Create);
        try
        {
            file.Allocate(_options.WalFileBytes);
            file.Sync();
            _files.SyncDirectory(Directory);
        }
        catch
        {
            file.Dispose();
            _files.DeleteFile(path);
            throw;
        }

        lock (_lock)
            _ready.Enqueue(new WalFile(file, _options.WalFileBytes));
        return true;
    }

    /// <summary>Frees files that hold nothing at or above <paramref name="checkpointLsn"/>; the newest one stays in use.</summary>
    public void Recycle(long checkpointLsn)
    {
        var surplus = new List<WalFile>();
        lock (_lock)
        {
            while (_used.Count > 1 && _used[1].Header.FirstLsn <= WalFileHeader.AlignUp(checkpointLsn) && _used[1].IsHeaderSynced)
            {
                WalFile file = _used[0];
                _used.RemoveAt(0);
                bool fits = file.CapacityBytes + WalFileHeader.DataStart == _options.WalFileBytes;
                if (fits && _ready.Count < MaxReady)
                    _ready.Enqueue(file);
                else
                    surplus.Add(file);
            }
        }

        foreach (WalFile file in surplus)
        {
            file.Dispose();
            _files.DeleteFile(file.Path);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (WalFile file in _used.Concat(_ready))
                file.Dispose();
            _used.Clear();
            _ready.Clear();
        }
    }
}
