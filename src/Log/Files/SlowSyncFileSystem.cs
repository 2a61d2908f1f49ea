namespace Actors.Log;

/// <summary>Another file system with syncs that take longer by a fixed time, as those of a slower disk do. For measurements.</summary>
/// <remarks>The time is waited for on the real clock and on the thread that syncs, behind the sync; without a processor's help.</remarks>
/// <param name="files">Does the work.</param>
/// <param name="delay">Added to every sync of a file, a folder or everything; at least a millisecond, whole milliseconds count.</param>
public sealed class SlowSyncFileSystem(IFileSystem files, TimeSpan delay) : IFileSystem
{
    /// <summary>What every sync takes longer.</summary>
    public TimeSpan Delay { get; } = delay >= TimeSpan.FromMilliseconds(1) ? delay : throw new ArgumentOutOfRangeException(nameof(delay), delay, "A delay is at least a millisecond.");

    public IFile Open(string path, FileOpening opening) => new SlowFile(this, files.Open(path, opening));

    public IFile OpenDirect(string path, FileOpening opening) => new SlowFile(this, files.OpenDirect(path, opening));

    public bool TryGetLength(string path, out long lengthBytes) => files.TryGetLength(path, out lengthBytes);

    public bool DirectoryExists(string path) => files.DirectoryExists(path);

    public IReadOnlyList<string> ListFiles(string directory) => files.ListFiles(directory);

    public IReadOnlyList<string> ListDirectories(string directory) => files.ListDirectories(directory);

    public void CreateDirectory(string path) => files.CreateDirectory(path);

    public void Rename(string from, string to) => files.Rename(from, to);

    public void DeleteFile(string path) => files.DeleteFile(path);

    public void DeleteDirectory(string path) => files.DeleteDirectory(path);

    public void SyncDirectory(string path)
    {
        files.SyncDirectory(path);
        Wait();
    }

    public IWholeSync OpenWholeSync(string directory) => new SlowWholeSync(this, files.OpenWholeSync(directory));

    public long GetFreeBytes(string directory) => files.GetFreeBytes(directory);

    private void Wait()
    {
        using var never = new ManualResetEvent(initialState: false);
        never.WaitOne(Delay);
    }

    private sealed class SlowFile(SlowSyncFileSystem owner, IFile file) : IFile
    {
        public string Path => file.Path;

        public long Length => file.Length;

        public int Read(Span<byte> buffer, long offset) => file.Read(buffer, offset);

        public int Write(ReadOnlySpan<byte> bytes, long offset) => file.Write(bytes, offset);

        public void SetLength(long lengthBytes) => file.SetLength(lengthBytes);

        public void Allocate(long lengthBytes) => file.Allocate(lengthBytes);

        public void Sync()
        {
            file.Sync();
            owner.Wait();
        }

        public void StartWriteback(long offset, long lengthBytes) => file.StartWriteback(offset, lengthBytes);

        public void Dispose() => file.Dispose();
    }

    private sealed class SlowWholeSync(SlowSyncFileSystem owner, IWholeSync whole) : IWholeSync
    {
        public void Sync()
        {
            whole.Sync();
            owner.Wait();
        }

        public void Dispose() => whole.Dispose();
    }
}
