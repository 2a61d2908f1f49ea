using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Actors.Log;

namespace Actors.Silo.Options;

/// <summary>Sizes and limits of the log (section <c>Log</c>); the defaults are the log's own.</summary>
public sealed record LogSettings : IOptionRules
{
    private static readonly LogOptions Defaults = new() { Directory = "log" };

    /// <summary>Size of one preallocated write-ahead file.</summary>
    [Description("Size of one write-ahead file in bytes, a multiple of 4096. Files are preallocated and used again.")]
    [Range(33_554_432, long.MaxValue)]
    public long WalFileBytes { get; init; } = Defaults.WalFileBytes;

    /// <summary>Bytes of write-ahead log between two checkpoints.</summary>
    [Description("Bytes of write-ahead log after which a checkpoint is made. More makes recovery longer and writing steadier.")]
    [Range(1, long.MaxValue)]
    public long CheckpointBytes { get; init; } = Defaults.CheckpointBytes;

    /// <summary>Most bytes of write-ahead files.</summary>
    [Description("Most bytes of write-ahead files; producers wait for a checkpoint beyond it. At least three files.")]
    [Range(1, long.MaxValue)]
    public long MaxWalBytes { get; init; } = Defaults.MaxWalBytes;

    /// <summary>Most bytes of memory for records that are not in segments yet.</summary>
    [Description("Most bytes of memory for records that are not in segments yet; producers wait beyond it.")]
    [Range(67_108_864, long.MaxValue)]
    public long MaxSlabBytes { get; init; } = Defaults.MaxSlabBytes;

    /// <summary>Free bytes that the disk must keep.</summary>
    [Description("Free bytes that the disk must keep beyond what acknowledged records still need; below it, producers are refused.")]
    [Range(0, long.MaxValue)]
    public long ReserveBytes { get; init; } = Defaults.ReserveBytes;

    /// <summary>Whether a damaged log is cut to what is sound.</summary>
    [Description("Whether damaged logs are cut to what is sound and then written again. Acknowledged records are lost by this.")]
    public bool AcceptDamage { get; init; }

    /// <summary>Milliseconds by which every sync takes longer; 0 for none.</summary>
    [Description("Milliseconds by which every sync of the log takes longer, as on a slower disk. For measurements only. 0: not at all.")]
    [Range(0, 60_000)]
    public int InjectedSyncDelayMs { get; init; }

    /// <summary>The files that the log works on: the system's, with slower syncs if that is wanted.</summary>
    public IFileSystem Files => InjectedSyncDelayMs == 0
        ? LinuxFileSystem.Instance
        : new SlowSyncFileSystem(LinuxFileSystem.Instance, TimeSpan.FromMilliseconds(InjectedSyncDelayMs));

    /// <summary>The log's options for a data directory.</summary>
    public LogOptions For(string directory, string walDirectory) => new()
    {
        Directory = directory,
        WalDirectory = walDirectory,
        WalFileBytes = WalFileBytes,
        CheckpointBytes = CheckpointBytes,
        MaxWalBytes = MaxWalBytes,
        MaxSlabBytes = MaxSlabBytes,
        ReserveBytes = ReserveBytes,
        AcceptDamage = AcceptDamage,
    };

    /// <summary>The log's own rules; each of its sentences begins with the option that breaks it.</summary>
    public IEnumerable<OptionBreach> Check() =>
        For("log", "wal").Validate().Select(static sentence => new OptionBreach(sentence.Split(' ')[0], sentence));
}
