using System.Globalization;

namespace Actors.Silo.Flavour;

/// <summary>
/// How soon Orleans' silos find out about each other. They are bound by name, as an options file would, because each minor
/// version of Orleans has a few more or fewer of them.
/// </summary>
internal static class MembershipTimings
{
    /// <summary>How often a silo writes that it is there.</summary>
    private static readonly TimeSpan AliveInterval = TimeSpan.FromSeconds(5);

    private const int MissedAlive = 3;

    /// <summary>How often, and how long, a silo asks another whether it is there.</summary>
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromMilliseconds(250);

    private const int MissedProbes = 3;

    /// <summary>How long a silo that does not write counts as there.</summary>
    public static TimeSpan Patience => MissedAlive * AliveInterval;

    /// <summary>
    /// How long after a silo's end the directory gives none of its grains a new place: twice what it takes to find out, so that one that was only
    /// cut off may find out too. Orleans would wait for half a minute.
    /// </summary>
    public static TimeSpan GrainLease => 2 * MissedProbes * ProbeTimeout;

    /// <summary>
    /// Values of <c>ClusterMembershipOptions</c>. A silo whose connection is refused is voted out after three probes, in
    /// less than a second; one that hangs after three probes that nobody answers, which Orleans lets grow to four times their length.
    /// </summary>
    public static IReadOnlyDictionary<string, string?> Options { get; } = new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["ProbeTimeout"] = Text(ProbeTimeout),
        ["NumMissedProbesLimit"] = MissedProbes.ToString(CultureInfo.InvariantCulture),
        ["NumVotesForDeathDeclaration"] = "2",
        ["DeathVoteExpirationTimeout"] = Text(TimeSpan.FromSeconds(30)),
        ["EnableConnectionLivenessCheck"] = "false", // or an open connection to a silo that hangs would keep it a member for a minute
        ["TableRefreshTimeout"] = Text(TimeSpan.FromSeconds(10)),
        ["IAmAliveTablePublishTimeout"] = Text(AliveInterval),
        ["NumMissedTableIAmAliveLimit"] = MissedAlive.ToString(CultureInfo.InvariantCulture),
        ["DefunctSiloExpiration"] = Text(TimeSpan.FromDays(7)),
        ["DefunctSiloCleanupPeriod"] = Text(TimeSpan.FromHours(1)),
    };

    private static string Text(TimeSpan time) => time.ToString("c", CultureInfo.InvariantCulture);
}
