using System.Collections.Concurrent;
using System.Globalization;
using Actors.Storage.BackEnds.Files;

namespace Actors.Storage.Tests.BackEnds.Files;

/// <summary>
/// Counts what is done to files, and fails at a chosen time: once, with an error of the system; for ever, as when the process is killed; or for ever with the power cut, when all that was
/// not made durable is gone, by this process and those before it.
/// </summary>
internal sealed class FaultyVolumeFiles(IVolumeFiles files, UnsyncedHistory history) : IVolumeFiles
{
    private readonly Lock _lock = new();
    private readonly UnsyncedHistory _history = history;
    private int _operations;
    private bool _isDead;

    public enum Fault
    {
        None,
        Error,
        Kill,
        PowerCut,
    }

    public Fault Kind { get; set; }

    /// <summary>The operation that fails, counted from 1.</summary>
    public int At { get; set; }

    /// <summary>The system's number of an error.</summary>
    public int Error { get; set; } = 5;

    /// <summary>Called before each operation, with its name and path; what it throws is the operation's failure.</summary>
    public Action<string, string>? Before { get; set; }

    /// <summary>Files whose disk does not hold what was written.</summary>
    public Func<string, bool> Lies { get; set; } = _ => false;

    /// <summary>What file systems say of their room; null lets them say it.</summary>
    public (long SizeBytes, long FreeBytes)? SpaceOfAll { get; set; }

    /// <summary>Files that somebody has open whom nobody sees.</summary>
    public Func<string, bool> IsOpenUnseen { get; set; } = _ => false;

    /// <summary>The files that are held.</summary>
    public ConcurrentDictionary<string, IFileHold> Holds { get; } = new();

    public int Operations
    {
        get
        {
            lock (_lock) return _operations;
        }
    }

    public bool IsDead
    {
        get
        {
            lock (_lock) return _isDead;
        }
    }

    public void Kill()
    {
        lock (_lock) _isDead = true;
    }

    /// <summary>Once nothing uses this any more: what was not durable goes, if the power was cut.</summary>
    public void EndProcess()
    {
        lock (_lock)
        {
            if (Kind == Fault.PowerCut && _operations >= At) _history.CutPower();
        }
    }

    /// <summary>The power is cut now.</summary>
    public void CutPower()
    {
        lock (_lock) (Kind, At, _isDead) = (Fault.PowerCut, _operations, true);
    }

    public IVolumeFile OpenToRead(string path) => Do("open", path, () => new Open(this, path, files.OpenToRead(path)));

    public IVolumeFile OpenToFill(string path) => Do("fill", path, () =>
    {
        _history.Making(path);
        return new Open(this, path, files.OpenToFill(path));
    });

    public FileStamp? Stamp(string path) => Do("stamp", path, () => files.Stamp(path));

    public FileRights RightsOf(string path) => Do("stat", path, () => files.RightsOf(path));

    public string? ReadLink(string path) => Do("readlink", path, () => files.ReadLink(path));

    public void CreateLink(string path, string target) => Do("link", path, () =>
    {
        _history.Linking(path);
        files.CreateLink(path, target);
    });

    public void Rename(string from, string to) => Do("rename", to, () =>
    {
        _history.Renaming(from, to);
        files.Rename(from, to);
    });

    public void Delete(string path) => Do("delete", path, () => _history.Delete(path));

    public void CreateFolder(string path) => Do("mkdir", path, () => files.CreateFolder(path));

    public void SyncFolder(string path) => Do("syncfolder", path, () =>
    {
        files.SyncFolder(path);
        _history.SyncedFolder(path);
    });

    public IReadOnlyList<string> ListFolders(string path) => Do("list", path, () => files.ListFolders(path));

    public (long LengthBytes, long AllocatedBytes) SumSizes(string path, string ending) => Do("list", path, () => files.SumSizes(path, ending));

    public (long SizeBytes, long FreeBytes) Space(string folder) => Do("space", folder, () => SpaceOfAll ?? files.Space(folder));

    public IFileHold? TryHold(string path) => Do("hold", path, () => !IsOpenUnseen(path) && files.TryHold(path) is { } hold ? new Hold(this, path, Holds[path] = hold) : null);

    public IReadOnlyList<string> FindHolders(string path) => files.FindHolders(path);

    private void Do(string operation, string path, Action action) => Do(operation, path, () =>
    {
        action();
        return true;
    });

    private T Do<T>(string operation, string path, Func<T> action)
    {
        Before?.Invoke(operation, path);
        lock (_lock)
        {
            _operations++;
            if (_isDead || (Kind is Fault.Kill or Fault.PowerCut && _operations >= At))
            {
                _isDead = true;
                throw new IOException($"the process is dead ({operation} of {path})");
            }

            if (Kind == Fault.Error && _operations == At)
                throw new IOException(string.Create(CultureInfo.InvariantCulture, $"injected errno {Error} ({operation} of {path})"), Error);
            return action();
        }
    }

    private sealed class Open(FaultyVolumeFiles owner, string path, IVolumeFile file) : IVolumeFile
    {
        public long Length => file.Length;

        public int Read(Span<byte> buffer, long offset)
        {
            owner.Do("read", path, () => { });
            var read = file.Read(buffer, offset);
            if (owner.Lies(path) && read > 0) buffer[0] ^= 1;
            return read;
        }

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            var length = bytes.Length;
            owner.Do("write", path, () => owner._history.Wrote(path, offset, length));
            file.Write(bytes, offset);
        }

        public void SetLength(long lengthBytes) => owner.Do("setlength", path, () => file.SetLength(lengthBytes));

        public void SetRights(FileRights rights) => owner.Do("setrights", path, () => file.SetRights(rights));

        public void Sync() => owner.Do("sync", path, () =>
        {
            file.Sync();
            owner._history.Synced(path);
        });

        public void DropCache(long offset, long lengthBytes) => file.DropCache(offset, lengthBytes);

        public void Dispose() => file.Dispose();
    }

    private sealed class Hold(FaultyVolumeFiles owner, string path, IFileHold hold) : IFileHold
    {
        public bool IsWanted => owner.Do("wanted", path, () => hold.IsWanted);

        public void Dispose()
        {
            owner.Holds.TryRemove(path, out _);
            hold.Dispose();
        }
    }
}
