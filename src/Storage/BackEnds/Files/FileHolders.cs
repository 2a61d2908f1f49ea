using System.Globalization;

namespace Actors.Storage.BackEnds.Files;

/// <summary>Names who has a file open. Whether anybody has is the lease's to say: this sees only what this process may see.</summary>
internal static class FileHolders
{
    /// <summary>Processes with a descriptor or a mapping of the file, and loop devices on it; each in a few words. A process that this one is about to start, and that closes the file as it begins, is none.</summary>
    public static IReadOnlyList<string> Find(string path)
    {
        if (LinuxCalls.Stat(path) is not { } file) return [];
        var holders = new List<string>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var process)) continue;
            try
            {
                if (!IsBeingStarted(folder) && (HasOpen(folder, file) || HasMapped(folder, file)))
                    holders.Add(string.Create(CultureInfo.InvariantCulture, $"process {process} ({File.ReadAllText($"{folder}/comm").Trim()})"));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended, or belongs to another user.
            }
        }

        holders.AddRange(LoopDevices(path));
        return holders;
    }

    // A process that this one starts has, until it runs its own program, whatever this one had open then. It is looked at first: what runs its own program by then has closed that.
    private static bool IsBeingStarted(string process)
    {
        if (ParentOf(process) != Environment.ProcessId) return false;
        // This one's command line, and none for a moment while one program takes the other's place.
        var command = File.ReadAllBytes($"{process}/cmdline");
        return command.Length == 0 || command.AsSpan().SequenceEqual(File.ReadAllBytes("/proc/self/cmdline"));
    }

    // The second number behind the name, which is in brackets and may hold anything.
    private static int ParentOf(string process)
    {
        var stat = File.ReadAllText($"{process}/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    private static bool HasOpen(string process, (FileStamp Stamp, uint Major, uint Minor) file)
    {
        foreach (var descriptor in Directory.EnumerateFileSystemEntries($"{process}/fd"))
        {
            try
            {
                if (LinuxCalls.Stat(descriptor) is { } open && open.Stamp.Inode == file.Stamp.Inode && (open.Major, open.Minor) == (file.Major, file.Minor)) return true;
            }
            catch (IOException)
            {
                // It was closed in between.
            }
        }

        return false;
    }

    // A line: address perms offset dev inode path, with the device as two hexadecimal numbers.
    private static bool HasMapped(string process, (FileStamp Stamp, uint Major, uint Minor) file)
    {
        var wanted = string.Create(CultureInfo.InvariantCulture, $" {file.Major:x2}:{file.Minor:x2} {file.Stamp.Inode} ");
        return File.ReadLines($"{process}/maps").Any(line => line.Contains(wanted, StringComparison.Ordinal));
    }

    private static IEnumerable<string> LoopDevices(string path)
    {
        if (!Directory.Exists("/sys/block")) yield break;
        foreach (var device in Directory.EnumerateDirectories("/sys/block", "loop*"))
        {
            var backing = $"{device}/loop/backing_file";
            if (File.Exists(backing) && File.ReadAllText(backing).Trim() == Path.GetFullPath(path)) yield return $"the loop device /dev/{Path.GetFileName(device)}";
        }
    }
}
