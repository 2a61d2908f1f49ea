using Actors.Storage.Load;
using Actors.Storage.Pacing;

namespace Actors.Storage.BackEnds.Paced;

/// <summary>
/// One copy's speed: what is lent to it bounds it, the resync controller grows it, and while applications use its disks it gives way from its c-min-rate on.
/// </summary>
/// <remarks>No I/O but a look at the disks' counters. One caller at a time.</remarks>
/// <param name="rate">What is lent at first, with its pacing.</param>
/// <param name="disks">The disks that it reads and writes, each once; empty when they are not of this machine.</param>
/// <param name="activity">What applications do there.</param>
/// <param name="isStoppedToYield">Whether a turn that is left to applications is one at rate 0; otherwise, where turns are long, one at the c-min-rate.</param>
/// <param name="nowNs">Monotonic time.</param>
internal sealed class PacedCopy(CopyRate rate, IReadOnlyList<string> disks, DiskActivity activity, bool isStoppedToYield, long nowNs)
{
    private const long NanosPerSecond = 1_000_000_000;
    private const int NanosPerMs = 1_000_000;
    private const int BlockBytes = CopyPacer.BlockBytes;
    private const int MostSlowness = 10;

    private readonly CopyPacing _pacing = rate.Pacing!;
    private readonly CopyPacer _pacer = new(rate.Pacing!.Controller, rate.Pacing!.FillTargetMs);
    private readonly MinimumRateGate _gate = new(rate.Pacing!.YieldRateKiBps, nowNs / NanosPerMs, leftBlocks: 0, applicationSectors: 0);
    private CopyRate _lent = rate;
    private long _lentUntilNs = nowNs + ToNs(rate.TimeToLive);
    private long _atNs = nowNs;
    private long _copiedBytes;
    private long _applicationSectors;
    private long? _seenSectors;
    private long _bytesPerSecond = Math.Min(rate.BytesPerSecond, Math.Max(BlockBytes, rate.Pacing!.Controller.ResyncRateKiBps * 1_024L));

    /// <summary>What is lent. Bytes per second.</summary>
    public long LentBytesPerSecond => _lent.BytesPerSecond;

    /// <summary>What the copy is to go by until the next turn.</summary>
    public CopyRate RateAt(long now) => new(Math.Min(_bytesPerSecond, _lent.BytesPerSecond), TimeSpan.FromTicks(Math.Max(0, _lentUntilNs - now) / 100));

    /// <summary>Takes another rate, or the same for longer. After a share that had ended it begins anew.</summary>
    public void Lend(CopyRate next, long now)
    {
        if (now >= _lentUntilNs) _pacer.Reset();
        (_lent, _lentUntilNs) = (next, now + ToNs(next.TimeToLive));
    }

    /// <summary>One turn.</summary>
    /// <param name="now">Monotonic nanoseconds.</param>
    /// <param name="copiedBytes">What was copied since the copy was started.</param>
    public void Step(long now, long copiedBytes)
    {
        var elapsedNs = Math.Max(1, now - _atNs);
        var copied = Math.Max(0, copiedBytes - _copiedBytes);
        (_atNs, _copiedBytes) = (now, copiedBytes);
        var mustYield = _gate.MustYield(now / NanosPerMs, -copiedBytes / BlockBytes, applicationWaiters: 0, ApplicationSectors(elapsedNs));
        // The controller thinks in steps of a tenth of a second: a longer turn is one such step, in slow motion.
        var slowness = Math.Clamp((elapsedNs + ResyncPacer.StepNs / 2) / ResyncPacer.StepNs, 1, MostSlowness);
        _pacer.Tick(copied / slowness, elapsedNs / slowness, _lent.BytesPerSecond, mustYield);
        var wanted = (long)Int128.Min(_lent.BytesPerSecond, (Int128)_pacer.InFlightBytes * NanosPerSecond / ResyncPacer.StepNs);
        _bytesPerSecond = mustYield ? isStoppedToYield ? 0 : Math.Min(_lent.BytesPerSecond, _pacing.YieldRateKiBps * 1_024L)
            : isStoppedToYield ? wanted : Math.Max(wanted, Math.Min(_lent.BytesPerSecond, BlockBytes * 10L));
    }

    // What applications have done since the copy began, as far as it is certain. Where no disk of this machine is in the way, what others have measured counts, for as long as it was so.
    private long ApplicationSectors(long elapsedNs)
    {
        if (Sectors() is not var (least, most)) return _applicationSectors += (long)((Int128)(_lent.ApplicationBytesPerSecond ?? 0) * elapsedNs / NanosPerSecond / 512);
        // Copies say of more than they do that it is theirs, as when a page was in memory: what is seen sinks with that.
        var seen = Math.Min(_seenSectors ?? most, most);
        var rise = least - seen;
        if (rise > MinimumRateGate.BusySectors) (_applicationSectors, seen) = (_applicationSectors + rise, least);
        _seenSectors = seen;
        return _applicationSectors;
    }

    private (long Least, long Most)? Sectors()
    {
        (long Least, long Most)? sum = null;
        foreach (var disk in disks)
        {
            if (activity.ApplicationSectors(disk) is var (least, most)) sum = (sum is var (l, m)) ? (l + least, m + most) : (least, most);
        }

        return sum;
    }

    private static long ToNs(TimeSpan span) => span.Ticks > long.MaxValue / 200 ? long.MaxValue / 2 : span.Ticks * 100;
}
