using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Actors.Silo.Options;

/// <summary>Who this silo is, and where it keeps what it must not lose (section <c>Silo</c>).</summary>
public sealed record SiloOptions : IOptionRules
{
    /// <summary>Value of <see cref="Store"/> for files in the data directory.</summary>
    public const string EmbeddedStore = "embedded";

    /// <summary>Number of this node; never two silos with the same one.</summary>
    [Description("Number of this node, also its Kafka broker id. Unique in the cluster, and the same at every start.")]
    [Range(0, int.MaxValue)]
    public int NodeId { get; init; } = 1;

    /// <summary>Name for people; null: "silo-" and the node's number.</summary>
    [Description("Name of this silo for people. Not set: \"silo-\" and the node's number.")]
    public string? Name { get; init; }

    /// <summary>Folder of everything durable.</summary>
    [Description("Folder for everything durable. Made when missing; it belongs to one node for good.")]
    public string DataDirectory { get; init; } = "data";

    /// <summary>Folder of the write-ahead log; null: "wal" in the data directory.</summary>
    [Description("Folder for the write-ahead log, best on a disk of its own. Not set: \"wal\" in the data directory.")]
    public string? WalDirectory { get; init; }

    /// <summary>Where metadata and grain state are kept.</summary>
    [Description("Where topics and grain state are kept: \"embedded\" (an SQLite file in the data directory); this version takes nothing else.")]
    [Secret(EmbeddedStore)]
    public string Store { get; init; } = EmbeddedStore;

    /// <summary>Where the list of silos is kept; one embedded silo has none.</summary>
    [Description("Where a cluster keeps its list of silos. This version runs one silo, needs no list, and takes only \"store\".")]
    [AllowedValues("store", "kubernetes")]
    public string Membership { get; init; } = "store";

    /// <summary>Milliseconds that a stop may take before the process gives up waiting.</summary>
    [Description("Milliseconds that stopping may take; then the process ends with what is not done left to recovery.")]
    [Range(100, 600_000)]
    public int StopTimeoutMs { get; init; } = 10_000;

    /// <summary>File name or path of SQLite's shared library.</summary>
    [Description("SQLite's shared library, a name that the system's loader knows or a path.")]
    public string SqliteLibrary { get; init; } = "libsqlite3.so.0";

    /// <summary>The name in use.</summary>
    public string EffectiveName => Name ?? $"silo-{NodeId}";

    /// <summary>The write-ahead log's folder in use.</summary>
    public string EffectiveWalDirectory => WalDirectory ?? Path.Combine(DataDirectory, "wal");

    /// <inheritdoc/>
    public IEnumerable<OptionBreach> Check()
    {
        if (!Store.Equals(EmbeddedStore, StringComparison.OrdinalIgnoreCase))
            yield return new(nameof(Store), "this version keeps its state in files only: write \"embedded\", or leave the option out");
        if (Membership != "store")
            yield return new(nameof(Membership), "this version runs as one silo without a membership list: leave the option out");
    }
}
