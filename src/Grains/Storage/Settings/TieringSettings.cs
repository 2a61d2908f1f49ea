using Actors.Storage.Migrations;
using Actors.Storage.Shares;
using Actors.Storage.Tiering;

namespace Actors.Grains.Storage;

/// <summary>How the tiering controller works; the same on every silo of a cluster.</summary>
public sealed record TieringSettings
{
    /// <summary>Between two reconciles of all policies, on average; each pause is random, from 0.9 to 1.1 times as long.</summary>
    public TimeSpan ReconcileInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Within which a migration that a policy decided begins, at random, so that those of one round do not begin together.</summary>
    public TimeSpan LongestStartPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Between two looks at a volume that moves.</summary>
    public TimeSpan StepInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a share of links and pools holds unless it is renewed, and so how long nobody gets a new one after the grain that lends them has moved.</summary>
    public TimeSpan ShareTimeToLive { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a back end may take to answer.</summary>
    public TimeSpan BackEndTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For how long what is known of a volume's migrations is kept after its back end has it no more.</summary>
    public TimeSpan KeepGone { get; init; } = TimeSpan.FromDays(1);

    /// <summary>When volumes move.</summary>
    public TieringOptions Tiering { get; init; } = new();

    /// <summary>How long a migration's phases take; the time for copying is the policy's.</summary>
    public MigrationOptions Migrations { get; init; } = new();

    /// <summary>The links between nodes.</summary>
    public IReadOnlyList<LinkSettings> Links { get; init; } = [];

    /// <summary>How a link that was down comes back.</summary>
    public LinkHealthOptions LinkHealth { get; init; } = new();

    /// <summary>What of a link stays free for applications, however little they use. Percent, 0 to 100.</summary>
    public int LinkHeadroomPercent { get; init; } = 10;

    /// <summary>Copies at once in the whole cluster.</summary>
    public int MaxCopies { get; init; } = 10;

    /// <summary>Copies at once that a node reads or writes.</summary>
    public int MaxCopiesPerNode { get; init; } = 4;

    /// <summary>Copies at once that read from a pool, and that write to it.</summary>
    public int MaxCopiesPerPool { get; init; } = 2;

    /// <summary>What all copies together read from a pool, and what they write to it. Bytes per second; <see cref="long.MaxValue"/>: no bound.</summary>
    public long MaxPoolBytesPerSecond { get; init; } = long.MaxValue;

    /// <summary>What one copy takes at most. Bytes per second.</summary>
    public long MaxCopyBytesPerSecond { get; init; } = 200 * 1_024 * 1_024;

    /// <summary>Least that a copy within a node is worth running with; over a link it is the profile's. Bytes per second.</summary>
    public long MinCopyBytesPerSecond { get; init; } = 8 * 1_024 * 1_024;
}
