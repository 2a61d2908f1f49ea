namespace Actors.Log;

/// <summary>The files of a data directory, and the seam at which tests cut the power, tear writes, fill the disk and slow the syncs.</summary>
/// <remarks>
/// Paths are absolute or relative to the process, with '/' between names. All methods may be called from any thread. Errors are
/// <see cref="IOException"/>; <see cref="NoSpaceException"/> for a full disk, <see cref="TooManyOpenFilesException"/> when a limit on open files is reached. What a method changes survives a loss of
/// power only after the sync that its summary names.
/// </remarks>
public interface IFileSystem
{
    /// <summary>Opens a file for reading and writing. A file that it creates survives after <see cref="SyncDirectory"/> of its folder.</summary>
    IFile Open(string path, FileOpening opening);

    /// <summary>As <see cref="Open"/>, with writes past the page cache where the file system can do that.</summary>
    /// <remarks>Position, length and memory address of every write must then be multiples of 4,096; such a file is not read through this handle.</remarks>
    IFile OpenDirect(string path, FileOpening opening);

    /// <summary>Whether a file is there, and its length in bytes.</summary>
    bool TryGetLength(string path, out long lengthBytes);

    /// <summary>Whether a folder is there.</summary>
    bool DirectoryExists(string path);

    /// <summary>Names (not paths) of the files in a folder; none when the folder is missing.</summary>
    IReadOnlyList<string> ListFiles(string directory);

    /// <summary>Names (not paths) of the folders in a folder; none when the folder is missing.</summary>
    IReadOnlyList<string> ListDirectories(string directory);

    /// <summary>Creates a folder and those above it; it survives after <see cref="SyncDirectory"/> of the folder above.</summary>
    void CreateDirectory(string path);

    /// <summary>Renames a file or folder, replacing a file; survives after <see cref="SyncDirectory"/> of the folders concerned.</summary>
    void Rename(string from, string to);

    /// <summary>Removes a file's name; nothing happens when it is missing. Open handles keep working.</summary>
    void DeleteFile(string path);

    /// <summary>Removes a folder and what is in it; nothing happens when it is missing.</summary>
    void DeleteDirectory(string path);

    /// <summary>Makes the names in a folder survive: files and folders created, renamed and removed.</summary>
    void SyncDirectory(string path);

    /// <summary>Opens a handle that can sync everything on the file system that holds <paramref name="directory"/>.</summary>
    /// <remarks>Held from the start: a failed write-back since the handle was opened is reported by its next sync.</remarks>
    IWholeSync OpenWholeSync(string directory);

    /// <summary>Bytes that this process may still write on the file system that holds <paramref name="directory"/>.</summary>
    long GetFreeBytes(string directory);
}
