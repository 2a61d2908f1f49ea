namespace Actors.Storage.BackEnds.Files;

/// <summary>The files of pools and volumes, and the seam at which tests break disks and cut the power.</summary>
/// <remarks>
/// Any thread may call. Errors are <see cref="IOException"/> with the system's number in <see cref="Exception.HResult"/>. Names that are made, renamed or removed survive a
/// loss of power after <see cref="SyncFolder"/> of their folder.
/// </remarks>
internal interface IVolumeFiles
{
    /// <summary>Opens a file to read it. It keeps nobody else from opening it.</summary>
    IVolumeFile OpenToRead(string path);

    /// <summary>Opens a file, or makes it, to write it; one process and one handle at a time.</summary>
    /// <exception cref="FileHeldException">Another handle was opened so.</exception>
    IVolumeFile OpenToFill(string path);

    /// <summary>What a file looks like, at the end of links; null when there is none.</summary>
    FileStamp? Stamp(string path);

    /// <summary>Who may do what with a file, at the end of links.</summary>
    /// <exception cref="IOException">There is none.</exception>
    FileRights RightsOf(string path);

    /// <summary>Where a link leads; null when there is none.</summary>
    string? ReadLink(string path);

    /// <summary>Makes a link in the place of whatever has the name.</summary>
    void CreateLink(string path, string target);

    /// <summary>Renames a file or link over whatever has the new name, in one step.</summary>
    void Rename(string from, string to);

    /// <summary>Removes a file's name; nothing happens when there is none.</summary>
    void Delete(string path);

    /// <summary>Makes a folder and those above it; nothing happens when it is there.</summary>
    void CreateFolder(string path);

    /// <summary>Makes the names in a folder survive.</summary>
    void SyncFolder(string path);

    /// <summary>Names of the folders in a folder; none when it is missing.</summary>
    IReadOnlyList<string> ListFolders(string path);

    /// <summary>Lengths of the files in a folder whose names end so, and what they take of the disk, together. Bytes.</summary>
    (long LengthBytes, long AllocatedBytes) SumSizes(string path, string ending);

    /// <summary>The size of the file system that holds a folder, and what this process may still write to it. Bytes.</summary>
    (long SizeBytes, long FreeBytes) Space(string folder);

    /// <summary>Holds a file that nobody has open: whoever opens it from now on waits until the hold ends.</summary>
    /// <returns>Null when somebody has it open.</returns>
    IFileHold? TryHold(string path);

    /// <summary>Who has a file open or mapped, as far as this process may see: each in a few words.</summary>
    IReadOnlyList<string> FindHolders(string path);
}
