using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Actors.Grains.Storage;
using Actors.Storage.BackEnds.Files;
using Actors.Storage.Heat;
using Actors.Storage.Heat.Prometheus;
using Actors.Storage.Migrations;
using Actors.Storage.Tiering;

namespace Actors.Silo.Options;

/// <summary>The tiering controller (section <c>Storage</c>); the same on every silo of a cluster.</summary>
public sealed record StorageOptions : IOptionRules
{
    /// <summary>Value of <see cref="BackEnd"/> where no volumes are looked after.</summary>
    public const string NoBackEnd = "none";

    /// <summary>Value of <see cref="BackEnd"/> where volumes are files.</summary>
    public const string FilesBackEndName = "files";

    /// <summary>Value of <see cref="BackEnd"/> where each volume has a qemu-storage-daemon.</summary>
    public const string QemuBackEndName = "qemu";

    /// <summary>Value of <see cref="BackEnd"/> where OpenEBS Mayastor has the volumes.</summary>
    public const string MayastorBackEndName = "mayastor";

    /// <summary>Value of <see cref="BackEnd"/> where LINSTOR has the volumes.</summary>
    public const string LinstorBackEndName = "linstor";

    /// <summary>Value of <see cref="Policies"/> for the silos' own store.</summary>
    public const string StorePolicies = "store";

    /// <summary>Value of <see cref="Policies"/> for custom resources of Kubernetes.</summary>
    public const string KubernetesPolicies = "kubernetes";

    private static readonly TieringSettings Defaults = new();
    private static readonly HeatOptions HeatDefaults = new();
    private static readonly PrometheusOptions PrometheusDefaults = new();

    /// <summary>What moves volumes.</summary>
    [Description("What has the volumes and moves them (docs/backends.md): \"none\", \"files\" (volumes are files, pools are folders), \"qemu\" (the same, and they move while NBD clients use them), \"mayastor\" or \"linstor\" (their own services, which the sections of these names tell of).")]
    [AllowedValues(NoBackEnd, FilesBackEndName, QemuBackEndName, MayastorBackEndName, LinstorBackEndName)]
    public string BackEnd { get; init; } = NoBackEnd;

    /// <summary>Where files' volumes are.</summary>
    [Description("Folder with a folder for each volume of the back end \"files\": its descriptor, and the link that applications open.")]
    public string? FilesVolumesFolder { get; init; }

    /// <summary>Where files' pools are.</summary>
    [Description("Folders of the pools of the back end \"files\", with semicolons between them; each has its descriptor pool.json.")]
    public string? FilesPoolFolders { get; init; }

    /// <summary>Where policies are kept.</summary>
    [Description("Where policies are kept: \"store\" (with grain state, and changed by actors policies apply), or \"kubernetes\" (StoragePolicy resources, changed by kubectl; docs/kubernetes.md). The section Kubernetes tells where its API server is.")]
    [AllowedValues(StorePolicies, KubernetesPolicies)]
    public string Policies { get; init; } = StorePolicies;

    /// <summary>Seconds between two reconciles.</summary>
    [Description("Seconds between two reconciles of all policies, on average; each pause is random, from 0.9 to 1.1 times as long. RECONCILE_INTERVAL_SECONDS in the environment is understood too.")]
    [Range(1, 86_400)]
    public int ReconcileIntervalSeconds { get; init; } = (int)Defaults.ReconcileInterval.TotalSeconds;

    /// <summary>Longest random pause before a migration.</summary>
    [Description("Seconds within which a migration that a policy decided begins, at random, so that those of one reconcile do not begin together.")]
    [Range(0, 3_600)]
    public int StartPauseSeconds { get; init; } = (int)Defaults.LongestStartPause.TotalSeconds;

    /// <summary>Where heat is measured.</summary>
    [Description("Address of the Prometheus that measures volumes, http://host:port with its path when it has one. Not set: the heat of no volume is known, and volumes move by request only.")]
    public string? PrometheusUrl { get; init; }

    /// <summary>Metrics of heat.</summary>
    [Description("Names of the metrics whose sum is a volume's operations per second, with commas between them.")]
    public string HeatMetrics { get; init; } = string.Join(',', HeatDefaults.Metrics);

    /// <summary>What they count.</summary>
    [Description("What those metrics count: Counter (operations ever; Mayastor's are that) or Gauge (operations per second).")]
    public HeatMetricKind HeatMetricKind { get; init; } = HeatDefaults.Kind;

    /// <summary>The label that names the volume.</summary>
    [Description("The label of those metrics that names the volume.")]
    public string HeatVolumeLabel { get; init; } = HeatDefaults.VolumeLabel;

    /// <summary>How often Prometheus asks.</summary>
    [Description("Seconds between two samples of those metrics: the scrape interval of Prometheus.")]
    [Range(1, 3_600)]
    public int ScrapeIntervalSeconds { get; init; } = (int)HeatDefaults.ScrapeInterval.TotalSeconds;

    /// <summary>How much of a window there must be.</summary>
    [Description("Percent of a window's samples that there must be for a volume's heat to be known.")]
    [Range(1, 100)]
    public int MinCoveragePercent { get; init; } = HeatDefaults.MinCoveragePercent;

    /// <summary>How old the last sample may be.</summary>
    [Description("Scrape intervals that the last sample may be old for a volume's heat to be known.")]
    [Range(1, 1_000)]
    public int MaxAgeScrapes { get; init; } = HeatDefaults.MaxAgeScrapes;

    /// <summary>How long a query may take.</summary>
    [Description("Seconds that a query of Prometheus may take.")]
    [Range(1, 600)]
    public int PrometheusTimeoutSeconds { get; init; } = (int)PrometheusDefaults.Timeout.TotalSeconds;

    /// <summary>How long an answer is used again.</summary>
    [Description("Seconds that an answer of Prometheus is used again.")]
    [Range(0, 3_600)]
    public int PrometheusCacheSeconds { get; init; } = (int)PrometheusDefaults.CacheLifetime.TotalSeconds;

    /// <summary>What applications do on pools.</summary>
    [Description("Expression of Prometheus whose series have a label pool and as values the bytes per second that applications read and write there, such as sum by (pool) (rate(disk_pool_bytes[1m])). It counts for pools that lie on no disk of a silo's machine; those of the back end \"files\" are measured without it. Not set: the load of such pools is not known, and copies do not give way to it.")]
    public string? PoolLoadExpression { get; init; }

    /// <summary>The links.</summary>
    [Description("Links between nodes, with semicolons between them: " + LinkSettings.Form + ". The profiles are 2.5G, 10G and 25G (docs/profiles.md); without a number the profile's speed counts. The silo whose machine has an end's address watches that end: whether it is up, and how busy it is; without addresses a link is taken for up and idle. Between nodes without a link copies are bounded by their pools alone.")]
    public string? Links { get; init; }

    /// <summary>What of a link stays free.</summary>
    [Description("Percent of each link that stay free for applications, however little they use.")]
    [Range(0, 100)]
    public int LinkHeadroomPercent { get; init; } = Defaults.LinkHeadroomPercent;

    /// <summary>Copies at once.</summary>
    [Description("Copies at once in the whole cluster.")]
    [Range(1, 10_000)]
    public int MaxCopies { get; init; } = Defaults.MaxCopies;

    /// <summary>Copies of a node at once.</summary>
    [Description("Copies at once that one node reads or writes.")]
    [Range(1, 10_000)]
    public int MaxCopiesPerNode { get; init; } = Defaults.MaxCopiesPerNode;

    /// <summary>Copies of a pool at once.</summary>
    [Description("Copies at once that read from one pool, and as many that write to it.")]
    [Range(1, 10_000)]
    public int MaxCopiesPerPool { get; init; } = Defaults.MaxCopiesPerPool;

    /// <summary>What all copies of a pool may take.</summary>
    [Description("Bytes per second that all copies together read from one pool, and as many that they write to it. 0: no bound but those of links and copies.")]
    [Range(0, long.MaxValue)]
    public long MaxPoolBytesPerSecond { get; init; }

    /// <summary>What one copy may take.</summary>
    [Description("Bytes per second that one copy takes at most.")]
    [Range(4_096, long.MaxValue)]
    public long MaxCopyBytesPerSecond { get; init; } = Defaults.MaxCopyBytesPerSecond;

    /// <summary>Least share within a node.</summary>
    [Description("Bytes per second without which a copy that goes over no link waits; over a link it is the profile's c-min-rate.")]
    [Range(0, long.MaxValue)]
    public long MinCopyBytesPerSecond { get; init; } = Defaults.MinCopyBytesPerSecond;

    /// <summary>Beyond a watermark.</summary>
    [Description("Percent beyond a watermark that heat must be for a volume to leave the hot or the cold tier for the warm one.")]
    [Range(0, 50)]
    public int MarginPercent { get; init; } = Defaults.Tiering.MarginPercent;

    /// <summary>Readings in a row.</summary>
    [Description("Readings in a row that must want a volume in the same tier before it moves.")]
    [Range(1, 1_000)]
    public int Readings { get; init; } = Defaults.Tiering.Readings;

    /// <summary>Least time between two readings.</summary>
    [Description("Seconds that two readings must be apart for both to count.")]
    [Range(0, 86_400)]
    public int ReadingStepSeconds { get; init; } = (int)Defaults.Tiering.LeastStep.TotalSeconds;

    /// <summary>What stays free in a pool.</summary>
    [Description("Percent of a pool that stay free after a volume has come.")]
    [Range(0, 100)]
    public int MinFreePercent { get; init; } = Defaults.Tiering.MinFreePercent;

    /// <summary>How long the old replica is kept.</summary>
    [Description("Seconds that the old replica is kept after the volume was put onto the new one; until then a migration can be aborted where the back end keeps both alike.")]
    [Range(0, 604_800)]
    public int SoakSeconds { get; init; } = (int)Defaults.Migrations.Soak.TotalSeconds;

    /// <summary>Copying without progress.</summary>
    [Description("Seconds without progress after which a copy is given up.")]
    [Range(1, 604_800)]
    public int StallTimeoutSeconds { get; init; } = (int)Defaults.Migrations.StallTimeout.TotalSeconds;

    /// <summary>Waiting for a share.</summary>
    [Description("Seconds that a migration waits for its share of links and pools before it is given up.")]
    [Range(1, 2_592_000)]
    public int SlotTimeoutSeconds { get; init; } = (int)Defaults.Migrations.SlotTimeout.TotalSeconds;

    /// <summary>Milliseconds between two looks.</summary>
    [Description("Milliseconds between two looks at a volume that moves.")]
    [Range(10, 60_000)]
    public int StepIntervalMs { get; init; } = (int)Defaults.StepInterval.TotalMilliseconds;

    /// <summary>How long a share holds.</summary>
    [Description("Milliseconds that a share of links and pools holds unless it is renewed, at each look. So long nobody gets a new one after a silo's death.")]
    [Range(100, 600_000)]
    public int ShareTimeToLiveMs { get; init; } = (int)Defaults.ShareTimeToLive.TotalMilliseconds;

    /// <summary>How long a back end may take.</summary>
    [Description("Seconds that a back end may take for an answer.")]
    [Range(1, 3_600)]
    public int BackEndTimeoutSeconds { get; init; } = (int)Defaults.BackEndTimeout.TotalSeconds;

    /// <summary>What the controller's grains are told.</summary>
    public TieringSettings ToSettings() => new()
    {
        ReconcileInterval = TimeSpan.FromSeconds(ReconcileIntervalSeconds),
        LongestStartPause = TimeSpan.FromSeconds(StartPauseSeconds),
        StepInterval = TimeSpan.FromMilliseconds(StepIntervalMs),
        ShareTimeToLive = TimeSpan.FromMilliseconds(ShareTimeToLiveMs),
        BackEndTimeout = TimeSpan.FromSeconds(BackEndTimeoutSeconds),
        Tiering = new TieringOptions
        {
            MarginPercent = MarginPercent,
            Readings = Readings,
            LeastStep = TimeSpan.FromSeconds(ReadingStepSeconds),
            MinFreePercent = MinFreePercent,
            CanChangePoolOnNode = BackEnd is FilesBackEndName or QemuBackEndName,
        },
        Migrations = new MigrationOptions
        {
            Soak = TimeSpan.FromSeconds(SoakSeconds),
            StallTimeout = TimeSpan.FromSeconds(StallTimeoutSeconds),
            SlotTimeout = TimeSpan.FromSeconds(SlotTimeoutSeconds),
        },
        Links = LinkSettings.Read(Links ?? "", []),
        LinkHeadroomPercent = LinkHeadroomPercent,
        MaxCopies = MaxCopies,
        MaxCopiesPerNode = MaxCopiesPerNode,
        MaxCopiesPerPool = MaxCopiesPerPool,
        MaxPoolBytesPerSecond = MaxPoolBytesPerSecond == 0 ? long.MaxValue : MaxPoolBytesPerSecond,
        MaxCopyBytesPerSecond = MaxCopyBytesPerSecond,
        MinCopyBytesPerSecond = MinCopyBytesPerSecond,
    };

    /// <summary>Where files' volumes and pools are; null: the back end is another.</summary>
    public FilesOptions? ToFiles() => BackEnd != FilesBackEndName ? null : new()
    {
        VolumesFolder = Path.GetFullPath(FilesVolumesFolder!),
        PoolFolders = FolderList.Read(FilesPoolFolders),
    };

    /// <summary>What is asked and believed of heat.</summary>
    public HeatOptions ToHeat() => new()
    {
        Metrics = HeatMetrics.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        Kind = HeatMetricKind,
        VolumeLabel = HeatVolumeLabel,
        ScrapeInterval = TimeSpan.FromSeconds(ScrapeIntervalSeconds),
        MinCoveragePercent = MinCoveragePercent,
        MaxAgeScrapes = MaxAgeScrapes,
    };

    /// <summary>Where heat is asked for; null: nowhere.</summary>
    public PrometheusOptions? ToPrometheus() => PrometheusUrl is null ? null : new()
    {
        Address = new Uri(PrometheusUrl),
        Timeout = TimeSpan.FromSeconds(PrometheusTimeoutSeconds),
        CacheLifetime = TimeSpan.FromSeconds(PrometheusCacheSeconds),
    };

    /// <inheritdoc/>
    public IEnumerable<OptionBreach> Check()
    {
        var isFiles = BackEnd == FilesBackEndName;
        if (isFiles && FilesVolumesFolder is null) yield return new(nameof(FilesVolumesFolder), "must be there when Storage:BackEnd is \"files\"");
        if (isFiles && FolderList.Read(FilesPoolFolders).Count == 0) yield return new(nameof(FilesPoolFolders), "must name at least one folder when Storage:BackEnd is \"files\"");
        if (!isFiles && FilesVolumesFolder is not null) yield return new(nameof(FilesVolumesFolder), "is of no use without Storage:BackEnd=files");
        if (!isFiles && FilesPoolFolders is not null) yield return new(nameof(FilesPoolFolders), "is of no use without Storage:BackEnd=files");
        if (PrometheusUrl is not null && !(Uri.TryCreate(PrometheusUrl, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)))
            yield return new(nameof(PrometheusUrl), "must be an address such as http://prometheus:9090");
        if (PoolLoadExpression is not null && PrometheusUrl is null) yield return new(nameof(PoolLoadExpression), "is of no use without Storage:PrometheusUrl");
        if (WrongHeat() is { } wrong) yield return new(nameof(HeatMetrics), wrong);
        var mistakes = new List<string>();
        LinkSettings.Read(Links ?? "", mistakes);
        if (mistakes.Count > 0) yield return new(nameof(Links), string.Join("; ", mistakes));
        if (ShareTimeToLiveMs < 2 * StepIntervalMs)
            yield return new(nameof(ShareTimeToLiveMs), $"must be at least twice Storage:StepIntervalMs ({StepIntervalMs}): a share would end before it is renewed");
        if (MinCopyBytesPerSecond > MaxCopyBytesPerSecond)
            yield return new(nameof(MinCopyBytesPerSecond), $"must be at most Storage:MaxCopyBytesPerSecond ({MaxCopyBytesPerSecond})");
        else if (MaxPoolBytesPerSecond != 0 && MinCopyBytesPerSecond > MaxPoolBytesPerSecond)
            yield return new(nameof(MinCopyBytesPerSecond), $"must be at most Storage:MaxPoolBytesPerSecond ({MaxPoolBytesPerSecond}): no copy within a node would ever begin");
        if (mistakes.Count == 0 && LinkHeadroomPercent is >= 0 and <= 100 && LinksOfNoCopy() is { Length: > 0 } unusable)
            yield return new(nameof(Links), $"has links over which no copy would ever begin, because what Storage:MaxPoolBytesPerSecond, Storage:LinkHeadroomPercent and the link's own speed leave is less than the least that a copy gets, its profile's c-min-rate or Storage:MaxCopyBytesPerSecond: {unusable}");
    }

    /// <summary>Names of the links over which not even a copy that is alone is let.</summary>
    private string LinksOfNoCopy()
    {
        var settings = ToSettings();
        return string.Join(", ", settings.Links
            .Where(link => CopyRoute.Of(new OrderedMove { SourceNode = link.First, TargetNode = link.Second }, settings with { Links = [link] }).AloneBytesPerSecond(settings) == 0)
            .Select(static link => link.Name));
    }

    private string? WrongHeat()
    {
        try
        {
            HeatPlan.Check(ToHeat());
            return null;
        }
        catch (ArgumentException wrong)
        {
            return $"must be names of metrics, and Storage:HeatVolumeLabel that of a label: {wrong.Message}";
        }
    }
}
