using Actors.Storage.Pacing;

namespace Actors.Storage.Profiles;

/// <summary>Named settings for a link of a speed, each with its unit; docs/profiles.md explains them.</summary>
/// <remarks>Source: the settings that this system's predecessor used on its links, and for 10 Gb/s those of cozystack's page on tuning DRBD.</remarks>
public sealed record PacingProfile
{
    private PacingProfile(string name) => Name = name;

    /// <summary>What it is called, such as <c>25G</c>.</summary>
    public string Name { get; }

    /// <summary>The link's speed on the wire. Bits per second.</summary>
    public required long LinkBitsPerSecond { get; init; }

    /// <summary>c-max-rate: most that copies together take of the link. KiB/s.</summary>
    public required int MaxRateKiBps { get; init; }

    /// <summary>c-min-rate: above this rate a copy gives way to applications. Also the least share that a copy is admitted with. KiB/s.</summary>
    public required int MinRateKiBps { get; init; }

    /// <summary>resync-rate: where the controller begins. KiB/s.</summary>
    public required int ResyncRateKiBps { get; init; }

    /// <summary>c-plan-ahead: over how long a correction is spread. Tenths of a second.</summary>
    public int PlanAheadTenthsOfSecond { get; init; } = 10;

    /// <summary>c-delay-target: counts only when the fill target is 0. Tenths of a second.</summary>
    public int DelayTargetTenthsOfSecond { get; init; } = 10;

    /// <summary>c-fill-target: how much a copy keeps under way. Sectors of 512 bytes.</summary>
    public required int FillTargetSectors { get; init; }

    /// <summary>The number that the predecessor had for c-fill-target, which it took for KiB: half of what it meant. Null where it had none.</summary>
    public int? PredecessorFillTarget { get; init; }

    /// <summary>max-buffers: most that is under way on a connection. Pages of 4 KiB.</summary>
    public required int MaxBufferPages { get; init; }

    /// <summary>sndbuf-size and rcvbuf-size of a connection. Bytes.</summary>
    public int SocketBufferBytes { get; init; } = 10_485_760;

    /// <summary>What the wire carries. KiB/s, rounded down.</summary>
    public long LinkKiBps => LinkBitsPerSecond / 8 / 1_024;

    /// <summary>All profiles, slowest first.</summary>
    public static IReadOnlyList<PacingProfile> All { get; } =
    [
        new("2.5G")
        {
            LinkBitsPerSecond = 2_500_000_000,
            MaxRateKiBps = 256_000,
            MinRateKiBps = 81_920,
            ResyncRateKiBps = 81_920,
            FillTargetSectors = 2_048,
            PredecessorFillTarget = 1_024,
            MaxBufferPages = 36_864,
        },
        new("10G")
        {
            LinkBitsPerSecond = 10_000_000_000,
            MaxRateKiBps = 737_280,
            MinRateKiBps = 245_760,
            ResyncRateKiBps = 245_760,
            FillTargetSectors = 2_048,
            MaxBufferPages = 36_864,
        },
        new("25G")
        {
            LinkBitsPerSecond = 25_000_000_000,
            MaxRateKiBps = 2_048_000,
            MinRateKiBps = 682_666,
            ResyncRateKiBps = 682_666,
            FillTargetSectors = 10_240,
            PredecessorFillTarget = 5_120,
            MaxBufferPages = 92_160,
        },
    ];

    /// <summary>The profile of a name, exactly as written; null when there is none.</summary>
    public static PacingProfile? Find(string name) => All.FirstOrDefault(profile => profile.Name == name);

    /// <summary>The controller's options for one copy on such a link.</summary>
    public ResyncPacerOptions ToPacerOptions() => new()
    {
        ResyncRateKiBps = ResyncRateKiBps,
        PlanAheadTenthsOfSecond = PlanAheadTenthsOfSecond,
        DelayTargetTenthsOfSecond = DelayTargetTenthsOfSecond,
        FillTargetSectors = FillTargetSectors,
        MaxRateKiBps = MaxRateKiBps,
        MaxBufferPages = MaxBufferPages,
    };
}
