using System.Globalization;
using Actors.Storage.BackEnds.Files;

namespace Actors.Storage.Load;

/// <summary>What Linux says of the machine's disks. A disk is named by its folder in sysfs; of a partition the whole disk counts, for its heads and queues are shared.</summary>
/// <remarks>Source: Documentation/block/stat.rst of the kernel: sectors read are the third number, sectors written the seventh.</remarks>
public sealed class LinuxDisks : IDisks
{
    private const int ReadField = 2;
    private const int WrittenField = 6;

    /// <inheritdoc/>
    public string? DiskOf(string folder)
    {
        try
        {
            if (LinuxCalls.Stat(folder) is not { } found) return null;
            var link = new DirectoryInfo(string.Create(CultureInfo.InvariantCulture, $"/sys/dev/block/{found.Major}:{found.Minor}"));
            if (link.ResolveLinkTarget(returnFinalTarget: true) is not DirectoryInfo device) return null;
            return File.Exists(Path.Combine(device.FullName, "partition")) ? device.Parent?.FullName : device.FullName;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public DiskReading? Read(string disk)
    {
        try
        {
            var fields = File.ReadAllText(Path.Combine(disk, "stat")).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return fields.Length > WrittenField
                && long.TryParse(fields[ReadField], NumberStyles.None, CultureInfo.InvariantCulture, out var read)
                && long.TryParse(fields[WrittenField], NumberStyles.None, CultureInfo.InvariantCulture, out var written)
                ? new DiskReading(read, written) : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
