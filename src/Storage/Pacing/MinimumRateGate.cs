namespace Actors.Storage.Pacing;

/// <summary>
/// DRBD's c-min-rate: while applications use the disk, a resync that is faster than this rate gives way; one that is slower is left
/// alone. It is a threshold for yielding and promises no rate: nothing lifts a resync up to it.
/// </summary>
/// <remarks>
/// Source: LINBIT/drbd 9.3.3, drbd_receiver.c, drbd_rs_c_min_rate_throttle. Speed is taken from marks at least 3 s apart, so it is
/// that of the last 3 to 6 s. Time is a monotonic number of milliseconds that the caller passes in; not safe for several threads.
/// </remarks>
public sealed class MinimumRateGate
{
    /// <summary>Between two marks at least. Milliseconds.</summary>
    public const long MarkStepMs = 3_000;

    /// <summary>Sectors of applications that count as use of the disk, when more than these went by since it was last found in use.</summary>
    public const long BusySectors = 64;

    private const int MarkCount = 8;

    private readonly int _minRateKiBps;
    private readonly (long AtMs, long LeftBlocks)[] _marks = new (long, long)[MarkCount];
    private int _last;
    private long _seenApplicationSectors;

    /// <param name="minRateKiBps">KiB/s, 0 to 4,194,304; 0 means that the resync never gives way.</param>
    /// <param name="nowMs">Time at which the copy begins.</param>
    /// <param name="leftBlocks">Blocks of 4 KiB to copy then.</param>
    /// <param name="applicationSectors">Sectors that applications have read and written on the disk until then.</param>
    public MinimumRateGate(int minRateKiBps, long nowMs, long leftBlocks, long applicationSectors)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(minRateKiBps);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minRateKiBps, 4_194_304);
        _minRateKiBps = minRateKiBps;
        Array.Fill(_marks, (nowMs, leftBlocks));
        _seenApplicationSectors = applicationSectors;
    }

    /// <summary>Whether the copy leaves this turn to the applications.</summary>
    /// <param name="nowMs">Time now; never earlier than in an earlier call.</param>
    /// <param name="leftBlocks">Blocks of 4 KiB still to copy.</param>
    /// <param name="applicationWaiters">Requests of applications that wait for the disk.</param>
    /// <param name="applicationSectors">Sectors that applications have read and written: the disk's own count less the copy's.</param>
    public bool MustYield(long nowMs, long leftBlocks, int applicationWaiters, long applicationSectors)
    {
        var isBusy = applicationWaiters > 0 || applicationSectors - _seenApplicationSectors > BusySectors;
        if (isBusy) _seenApplicationSectors = applicationSectors;
        var previous = _marks[(_last + MarkCount - 1) % MarkCount];
        var mustYield = Decide(_minRateKiBps, isBusy, previous.LeftBlocks - leftBlocks, (nowMs - previous.AtMs) / 1_000);
        if (nowMs - _marks[_last].AtMs >= MarkStepMs && _marks[_last].LeftBlocks != leftBlocks)
        {
            _last = (_last + 1) % MarkCount;
            _marks[_last] = (nowMs, leftBlocks);
        }

        return mustYield;
    }

    /// <summary>The decision itself.</summary>
    /// <param name="minRateKiBps">KiB/s; 0 means never.</param>
    /// <param name="isBusy">Whether applications use the disk.</param>
    /// <param name="progressBlocks">Blocks of 4 KiB copied in the time that is looked at; 0 or less means never.</param>
    /// <param name="seconds">That time in whole seconds; 0 is taken as 1.</param>
    public static bool Decide(int minRateKiBps, bool isBusy, long progressBlocks, long seconds) =>
        minRateKiBps != 0 && isBusy && progressBlocks > 0 && progressBlocks / Math.Max(1, seconds) * 4 > minRateKiBps;
}
