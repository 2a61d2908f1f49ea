namespace Actors.Storage.Tests.Simulation;

/// <summary>What a simulated cluster is put through.</summary>
/// <param name="Seed">Everything that is random comes from it.</param>
/// <param name="Volumes">How many volumes.</param>
/// <param name="Policies">How many policies; each has every n-th volume.</param>
/// <param name="Weeks">How long; in the last week nothing fails.</param>
/// <param name="ReconcileMs">Between two reconciles.</param>
internal sealed record SimulationSettings(int Seed, int Volumes, int Policies, int Weeks, long ReconcileMs)
{
    public const long DayMs = 24 * 3_600_000L;

    /// <summary>Between two looks at what moves.</summary>
    public const long TickMs = 10_000;

    /// <summary>How long a share holds.</summary>
    public static readonly TimeSpan TimeToLive = TimeSpan.FromMilliseconds(2 * TickMs);

    /// <summary>When everything is to be over.</summary>
    public long EndMs => Weeks * 7 * DayMs;

    /// <summary>From when on nothing fails any more.</summary>
    public long CalmMs => EndMs - 7 * DayMs;

    /// <summary>When volumes change their habits.</summary>
    public IEnumerable<long> ChangesMs => Enumerable.Range(1, Weeks - 2).Select(static week => week * 7 * DayMs);
}
