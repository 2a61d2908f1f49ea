namespace Actors.Log;

/// <summary>A preallocated file of the write-ahead log, in one of its uses or waiting for the next.</summary>
internal sealed class WalFile(IFile file, long lengthBytes) : IDisposable
{
    public IFile File { get; } = file;

    public string Path => File.Path;

    /// <summary>Bytes that flushes may fill.</summary>
    public long CapacityBytes { get; } = lengthBytes - WalFileHeader.DataStart;

    /// <summary>The current or last use; default when it has had none.</summary>
    public WalFileHeader Header { get; set; }

    /// <summary>Whether the header of the current use is on the disk.</summary>
    public bool IsHeaderSynced { get; set; }

    /// <summary>First LSN that does not fit.</summary>
    public long EndLsn => Header.FirstLsn + CapacityBytes;

    /// <summary>Where in the file an LSN is.</summary>
    public long PositionOf(long lsn) => WalFileHeader.DataStart + (lsn - Header.FirstLsn);

    public void Dispose() => File.Dispose();
}
