using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Npgsql;

namespace Actors.Silo.Options;

/// <summary>Who this silo is, and where it keeps what it must not lose (section <c>Silo</c>).</summary>
public sealed record SiloOptions : IOptionRules
{
    /// <summary>Value of <see cref="Store"/> for files in the data directory.</summary>
    public const string EmbeddedStore = "embedded";

    private const int MaxClusterNameLength = 256;

    /// <summary>Value of <see cref="Membership"/> for a table in the store.</summary>
    public const string StoreMembership = "store";

    /// <summary>Value of <see cref="Membership"/> for a custom resource of Kubernetes.</summary>
    public const string KubernetesMembership = "kubernetes";

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
    [Description("Where topics and grain state are kept: \"embedded\" (one silo, an SQLite file in the data directory), or the connection string of a PostgreSQL database (Host=…;Database=…;Username=…;Password=…), which all silos of a cluster share.")]
    [Secret(EmbeddedStore)]
    public string Store { get; init; } = EmbeddedStore;

    /// <summary>Name of the cluster; silos of another are refused.</summary>
    [Description("Name of the cluster, the same for all of its silos. Silos of another name are refused, and so is a store that holds another cluster.")]
    public string ClusterName { get; init; } = "actors";

    /// <summary>Where the list of silos is kept; one embedded silo has none.</summary>
    [Description("Where a cluster keeps its list of silos: \"store\" (with topics and grain state), or \"kubernetes\" (a custom resource, for silos that run as pods). One embedded silo has no list.")]
    [AllowedValues(StoreMembership, KubernetesMembership)]
    public string Membership { get; init; } = StoreMembership;

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

    /// <summary>Whether this silo is one of a cluster; otherwise it is alone.</summary>
    public bool IsClustered => !Store.Equals(EmbeddedStore, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public IEnumerable<OptionBreach> Check()
    {
        if (ClusterName.Length > MaxClusterNameLength) yield return new(nameof(ClusterName), $"must have at most {MaxClusterNameLength} characters");
        if (IsClustered && !IsConnectionString(Store))
            yield return new(nameof(Store), "must be \"embedded\" or a connection string with a host and a database, such as Host=db;Database=actors;Username=actors;Password=…");
        if (!IsClustered && Membership != StoreMembership)
            yield return new(nameof(Membership), "a silo with the embedded store is alone and has no list: leave the option out, or give all silos a PostgreSQL database with Silo:Store");
    }

    private static bool IsConnectionString(string text)
    {
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(text);
            return !string.IsNullOrEmpty(settings.Host) && !string.IsNullOrEmpty(settings.Database);
        }
        catch (Exception unknown) when (unknown is ArgumentException or FormatException or OverflowException or InvalidCastException)
        {
            return false;
        }
    }
}
