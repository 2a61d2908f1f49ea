namespace Actors.Log;

/// <summary>Another file system, whose opens, reads and syncs a derived class does in its own way: later, not at all, or on a slower disk.</summary>
/// <remarks>As safe for threads as what it wraps; a derived class blocks or fails only the thread that calls.</remarks>
/// <param name="files">Does the work.</param>
public abstract class SyncFileSystem(IFileSystem files) : IFileSystem
{
    /// <inheritdoc/>
    public virtual IFile Open(string path, FileOpening opening) => new SyncFile(this, files.Open(path, opening));

    /// <inheritdoc/>
    public IFile OpenDirect(string path, FileOpening opening) => new SyncFile(this, files.OpenDirect(path, opening));

    /// <inheritdoc/>
    public bool TryGetLength(string path, out long lengthBytes) => files.TryGetLength(path, out lengthBytes);

    /// <inheritdoc/>
    public bool DirectoryExists(string path) => files.DirectoryExists(path);

    /// <inheritdoc/>
    public IReadOnlyList<string> ListFiles(string directory) => files.ListFiles(directory);

    /// <inheritdoc/>
    public IReadOnlyList<string> ListDirectories(string directory) => files.ListDirectories(directory);

    /// <inheritdoc/>
    public void CreateDirectory(string path) => files.CreateDirectory(path);

    /// <inheritdoc/>
    public void Rename(string from, string to) => files.Rename(from, to);

    /// <inheritdoc/>
    public void DeleteFile(string path) => files.DeleteFile(path);

    /// <inheritdoc/>
    public void DeleteDirectory(string path) => files.DeleteDirectory(path);

    /// <inheritdoc/>
    public virtual void SyncDirectory(string path) => files.SyncDirectory(path);

    /// <inheritdoc/>
    public IWholeSync OpenWholeSync(string directory) => new WholeSync(this, files.OpenWholeSync(directory));

    /// <inheritdoc/>
    public virtual long GetFreeBytes(string directory) => files.GetFreeBytes(directory);

    /// <summary>Reads from a file.</summary>
    protected virtual int Read(IFile file, Span<byte> buffer, long offset) => file.Read(buffer, offset);

    /// <summary>Syncs a file.</summary>
    protected virtual void Sync(IFile file) => file.Sync();

    /// <summary>Syncs everything that is dirty.</summary>
    protected virtual void Sync(IWholeSync whole) => whole.Sync();

    private sealed class SyncFile(SyncFileSystem owner, IFile file) : IFile
    {
        public string Path => file.Path;

        public long Length => file.Length;

        public int Read(Span<byte> buffer, long offset) => owner.Read(file, buffer, offset);

        public int Write(ReadOnlySpan<byte> bytes, long offset) => file.Write(bytes, offset);

        public void SetLength(long lengthBytes) => file.SetLength(lengthBytes);

        public void Allocate(long lengthBytes) => file.Allocate(lengthBytes);

        public void Sync() => owner.Sync(file);

        public void StartWriteback(long offset, long lengthBytes) => file.StartWriteback(offset, lengthBytes);

        public void Dispose() => file.Dispose();
    }

    private sealed class WholeSync(SyncFileSystem owner, IWholeSync whole) : IWholeSync
    {
        public void Sync() => owner.Sync(whole);

        public void Dispose() => whole.Dispose();
    }
}
