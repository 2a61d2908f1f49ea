using Actors.Log;

namespace Actors.Grains.Tests.Support;

/// <summary>The real file system with a gate in front of every file's sync, a switch that makes them fail, a disk that can be full, and a limit of open files.</summary>
public sealed class GatedFileSystem() : SyncFileSystem(LinuxFileSystem.Instance), IDisposable
{
    private readonly ManualResetEventSlim _syncGate = new(initialState: true);
    private volatile bool _syncsFail;
    private volatile bool _readsFail;

    /// <summary>What the disk says it has free; null: what it has.</summary>
    public long? FreeBytes { get; set; }

    /// <summary>While it is set, no file of a log can be opened: the limit of open files is reached.</summary>
    public bool LacksFiles { get; set; }

    /// <summary>Nothing is synced until <see cref="OpenGate"/>.</summary>
    public void CloseGate() => _syncGate.Reset();

    public void OpenGate() => _syncGate.Set();

    /// <summary>From now on every sync fails; those that wait at the gate fail too.</summary>
    public void FailSyncs()
    {
        _syncsFail = true;
        _syncGate.Set();
    }

    /// <summary>From now on every read of a file fails.</summary>
    public void FailReads() => _readsFail = true;

    public override IFile Open(string path, FileOpening opening) =>
        LacksFiles && path.Contains("/logs/", StringComparison.Ordinal) ? throw new TooManyOpenFilesException(path) : base.Open(path, opening);

    public override long GetFreeBytes(string directory) => FreeBytes ?? base.GetFreeBytes(directory);

    public void Dispose() => _syncGate.Dispose();

    protected override int Read(IFile file, Span<byte> buffer, long offset) =>
        _readsFail ? throw new IOException("The test lets every read fail.") : base.Read(file, buffer, offset);

    protected override void Sync(IFile file)
    {
        _syncGate.Wait();
        if (_syncsFail)
            throw new IOException("The test lets every sync fail.");
        base.Sync(file);
    }
}
