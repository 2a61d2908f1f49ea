using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text;
using Actors.Storage.BackEnds.Qemu;

namespace Actors.Silo.Options;

/// <summary>Volumes that NBD clients use while they move, when <c>Storage:BackEnd</c> is "qemu" (section <c>Qemu</c>).</summary>
public sealed record QemuSettings : IOptionRules
{
    private const int MaxSocketPathBytes = 107;

    /// <summary>The shortest that comes behind the folder: a volume with a name of one character, and its socket.</summary>
    private static readonly int LeastBehindFolderBytes = "/v/qmp.sock".Length;

    private static readonly QemuOptions Defaults = new() { VolumesFolder = "", PoolFolders = [] };

    /// <summary>Where the volumes are.</summary>
    [Description("Folder with a folder for each volume of the back end \"qemu\": its descriptor, and the sockets of its daemon. A socket's whole path may have 107 bytes, so it is a short one.")]
    public string? VolumesFolder { get; init; }

    /// <summary>Where the pools are.</summary>
    [Description("Folders of the pools of the back end \"qemu\", with semicolons between them; each has its descriptor pool.json.")]
    public string? PoolFolders { get; init; }

    /// <summary>The daemon's program.</summary>
    [Description("The program that serves a volume, a name that is looked for in PATH or a path. Debian's package is qemu-system-common.")]
    public string Program { get; init; } = Defaults.Program;

    /// <summary>What a copy falls to that nobody holds.</summary>
    [Description("Bytes per second that a copy falls to when its share is not renewed in time, and when another silo finds it.")]
    [Range(1, long.MaxValue)]
    public long UnheldBytesPerSecond { get; init; } = Defaults.UnheldBytesPerSecond;

    /// <summary>How long a daemon has for a step.</summary>
    [Description("Seconds that a volume's daemon has to start, to answer, or to take a step that is no copy.")]
    [Range(1, 600)]
    public int StepTimeoutSeconds { get; init; } = (int)Defaults.StepTimeout.TotalSeconds;

    /// <summary>As the back end takes it.</summary>
    public QemuOptions ToOptions() => new()
    {
        VolumesFolder = Path.GetFullPath(VolumesFolder!),
        PoolFolders = FolderList.Read(PoolFolders),
        Program = Program,
        UnheldBytesPerSecond = UnheldBytesPerSecond,
        StepTimeout = TimeSpan.FromSeconds(StepTimeoutSeconds),
    };

    /// <inheritdoc/>
    public IEnumerable<OptionBreach> Check()
    {
        if (PoolFolders is not null && FolderList.Read(PoolFolders).Count == 0) yield return new(nameof(PoolFolders), "must name at least one folder");
        if (VolumesFolder is not null && Encoding.UTF8.GetByteCount(Path.GetFullPath(VolumesFolder)) is var bytes && bytes > MaxSocketPathBytes - LeastBehindFolderBytes)
        {
            yield return new(
                nameof(VolumesFolder),
                $"must have at most {MaxSocketPathBytes - LeastBehindFolderBytes} bytes as a whole path, and has {bytes}: the path of no volume's socket would fit into the {MaxSocketPathBytes} that there are");
        }
    }
}
