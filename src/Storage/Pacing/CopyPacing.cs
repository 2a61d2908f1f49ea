using Actors.Storage.Profiles;

namespace Actors.Storage.Pacing;

/// <summary>How a copy grows into the rate that is lent to it, and from which rate on it gives way to applications.</summary>
/// <param name="Controller">The resync controller's options; what is lent bounds them further.</param>
/// <param name="YieldRateKiBps">c-min-rate: a copy that is faster leaves the disks to applications that use them. KiB/s, 0 to 4,194,304; 0: it never gives way.</param>
/// <param name="FillTargetMs">The controller's fill target is at least what is lent brings in so long. Milliseconds, 0 or more; 0: it is the controller's own.</param>
public sealed record CopyPacing(ResyncPacerOptions Controller, int YieldRateKiBps, int FillTargetMs = 0)
{
    /// <summary>Half a step of the controller: a copy grows into any rate within a second or two, and one that stalls for that long loses nothing.</summary>
    private const int DiskFillTargetMs = 50;

    /// <summary>Of a copy that would never reach its c-min-rate a third of what it can reach is taken, as in all profiles.</summary>
    private const int Third = 3;

    /// <summary>Over a link: its profile's.</summary>
    /// <param name="profile">The link's profile.</param>
    /// <param name="maxBytesPerSecond">What the copy takes at most, more than 0.</param>
    public static CopyPacing Over(PacingProfile profile, long maxBytesPerSecond)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return Of(profile.ToPacerOptions(), Math.Min(profile.MinRateKiBps * 1_024L, maxBytesPerSecond / Third));
    }

    /// <summary>Over no link: within a node, where nothing but disks is in the way.</summary>
    /// <param name="minBytesPerSecond">From which rate on it gives way; 0: it never does.</param>
    public static CopyPacing OverNoLink(long minBytesPerSecond) =>
        // A fill target that 20 ms of a fast disk hold, and more where more is lent; the plan of a second as in all profiles.
        Of(new ResyncPacerOptions { PlanAheadTenthsOfSecond = 10, FillTargetSectors = 8_192, MaxRateKiBps = 0, MaxBufferPages = 131_072 }, minBytesPerSecond) with { FillTargetMs = DiskFillTargetMs };

    private static CopyPacing Of(ResyncPacerOptions options, long yieldBytesPerSecond)
    {
        var yieldKiBps = (int)Math.Min(yieldBytesPerSecond / 1_024, ResyncPacerOptions.HighestRateKiBps);
        return new CopyPacing(options with { ResyncRateKiBps = Math.Max(1, yieldKiBps) }, yieldKiBps);
    }
}
