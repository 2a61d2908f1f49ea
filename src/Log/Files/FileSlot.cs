namespace Actors.Log;

/// <summary>A file that is opened when it is used and may be closed when it is not. State belongs to <see cref="OpenFiles"/>, except the counters.</summary>
internal sealed class FileSlot(string path)
{
    private int _writes;
    private int _syncedWrites;

    public string Path { get; } = path;

    /// <summary>Whether the file has been unlinked.</summary>
    public volatile bool IsDeleted;

    /// <summary>A handle was closed before what was written through it had been synced: only a sync of the whole file system tells whether it reached the disk.</summary>
    public volatile bool WasClosedDirty;

    public IFile? File { get; set; }

    public int Users { get; set; }

    public LinkedListNode<FileSlot>? Node { get; set; }

    /// <summary>Counts writes; what a sync has covered is told by <see cref="Synced"/>.</summary>
    public int Writes => Volatile.Read(ref _writes);

    public bool IsDirty => Writes != Volatile.Read(ref _syncedWrites);

    public void Wrote() => Interlocked.Increment(ref _writes);

    /// <summary>A sync that began when <see cref="Writes"/> was <paramref name="writes"/> has succeeded.</summary>
    public void Synced(int writes) => Volatile.Write(ref _syncedWrites, writes);
}
