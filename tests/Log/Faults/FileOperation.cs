namespace Actors.Log.Tests.Faults;

/// <summary>One thing that is done to a file system.</summary>
internal readonly record struct FileOperation(FileOperationKind Kind, string Path, long Offset = 0, long Length = 0);

/// <summary>The kinds of operations that a test can break.</summary>
public enum FileOperationKind
{
    Open,
    Read,
    Write,
    SetLength,
    Allocate,
    Sync,
    SyncDirectory,
    WholeSync,
    CreateDirectory,
    Rename,
    Delete,
}
