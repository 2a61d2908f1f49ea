namespace Actors.Storage.BackEnds.Files;

/// <summary>The running system's files.</summary>
internal sealed class LinuxVolumeFiles : IVolumeFiles
{
    private LinuxVolumeFiles()
    {
    }

    /// <summary>The only instance; it holds no state.</summary>
    public static LinuxVolumeFiles Instance { get; } = new();

    public IVolumeFile OpenToRead(string path) => new LinuxVolumeFile(path, LinuxCalls.OpenFile(path, LinuxCalls.OReadOnly), LinuxCalls.OReadOnly);

    public IVolumeFile OpenToFill(string path)
    {
        var handle = LinuxCalls.OpenFile(path, LinuxCalls.OReadWrite | LinuxCalls.OCreate);
        var isOurs = false;
        try
        {
            isOurs = LinuxCalls.TryLock(handle, path);
            return isOurs ? new LinuxVolumeFile(path, handle, LinuxCalls.OReadWrite) : throw new FileHeldException(path);
        }
        finally
        {
            if (!isOurs) handle.Dispose();
        }
    }

    public FileStamp? Stamp(string path) => LinuxCalls.Stat(path)?.Stamp;

    public FileRights RightsOf(string path) => LinuxCalls.RightsOf(path);

    public string? ReadLink(string path) => new FileInfo(path).LinkTarget;

    public void CreateLink(string path, string target)
    {
        File.Delete(path);
        File.CreateSymbolicLink(path, target);
    }

    public void Rename(string from, string to) => LinuxCalls.Rename(from, to);

    public void Delete(string path)
    {
        if (Directory.Exists(Path.GetDirectoryName(path))) File.Delete(path);
    }

    public void CreateFolder(string path) => Directory.CreateDirectory(path);

    public void SyncFolder(string path)
    {
        using var handle = LinuxCalls.OpenFile(path, LinuxCalls.OReadOnly);
        LinuxCalls.Sync(handle, path);
    }

    public IReadOnlyList<string> ListFolders(string path) =>
        Directory.Exists(path) ? [.. new DirectoryInfo(path).EnumerateDirectories().Select(folder => folder.Name)] : [];

    public (long LengthBytes, long AllocatedBytes) SumSizes(string path, string ending)
    {
        var (length, allocated) = (0L, 0L);
        foreach (var file in Directory.EnumerateFiles(path).Where(file => file.EndsWith(ending, StringComparison.Ordinal)))
        {
            if (LinuxCalls.SizesOf(file) is not var (own, taken)) continue; // it was removed in between
            length += own;
            allocated += Math.Min(own, taken); // what is beyond the length keeps nothing free for it
        }

        return (length, allocated);
    }

    public (long SizeBytes, long FreeBytes) Space(string folder)
    {
        var drive = new DriveInfo(Path.GetFullPath(folder));
        return (drive.TotalSize, drive.AvailableFreeSpace);
    }

    public IFileHold? TryHold(string path) => LinuxFileHold.Try(path);

    public IReadOnlyList<string> FindHolders(string path) => FileHolders.Find(path);
}
