using Actors.Log;

namespace Actors.Grains.Tests.Support;

/// <summary>The real file system with a gate in front of every sync, a switch that makes syncs fail, and a disk that can be full.</summary>
public sealed class GatedFileSystem : IFileSystem, IDisposable
{
    private readonly LinuxFileSystem _files = LinuxFileSystem.Instance;
    private readonly ManualResetEventSlim _syncGate = new(initialState: true);
    private volatile bool _syncsFail;

    /// <summary>What the disk says it has free; null: what it has.</summary>
    public long? FreeBytes { get; set; }

    /// <summary>Nothing is synced until <see cref="OpenGate"/>.</summary>
    public void CloseGate() => _syncGate.Reset();

    public void OpenGate() => _syncGate.Set();

    /// <summary>From now on every sync fails; those that wait at the gate fail too.</summary>
    public void FailSyncs()
    {
        _syncsFail = true;
        _syncGate.Set();
    }

    public void Dispose() => _syncGate.Dispose();

    public IFile Open(string path, FileOpening opening) => new GatedFile(this, _files.Open(path, opening));

    public IFile OpenDirect(string path, FileOpening opening) => new GatedFile(this, _files.OpenDirect(path, opening));

    public bool TryGetLength(string path, out long lengthBytes) => _files.TryGetLength(path, out lengthBytes);

    public bool DirectoryExists(string path) => _files.DirectoryExists(path);

    public IReadOnlyList<string> ListFiles(string directory) => _files.ListFiles(directory);

    public IReadOnlyList<string> ListDirectories(string directory) => _files.ListDirectories(directory);

    public void CreateDirectory(string path) => _files.CreateDirectory(path);

    public void Rename(string from, string to) => _files.Rename(from, to);

    public void DeleteFile(string path) => _files.DeleteFile(path);

    public void DeleteDirectory(string path) => _files.DeleteDirectory(path);

    public void SyncDirectory(string path) => _files.SyncDirectory(path);

    public IWholeSync OpenWholeSync(string directory) => _files.OpenWholeSync(directory);

    public long GetFreeBytes(string directory) => FreeBytes ?? _files.GetFreeBytes(directory);

    private sealed class GatedFile(GatedFileSystem owner, IFile file) : IFile
    {
        public string Path => file.Path;

        public long Length => file.Length;

        public int Read(Span<byte> buffer, long offset) => file.Read(buffer, offset);

        public int Write(ReadOnlySpan<byte> bytes, long offset) => file.Write(bytes, offset);

        public void SetLength(long lengthBytes) => file.SetLength(lengthBytes);

        public void Allocate(long lengthBytes) => file.Allocate(lengthBytes);

        public void StartWriteback(long offset, long lengthBytes) => file.StartWriteback(offset, lengthBytes);

        public void Sync()
        {
            owner._syncGate.Wait();
            if (owner._syncsFail)
                throw new IOException("The test lets every sync fail.");
            file.Sync();
        }

        public void Dispose() => file.Dispose();
    }
}
