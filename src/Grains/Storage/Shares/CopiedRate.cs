namespace Actors.Grains.Storage;

/// <summary>How fast a copy was in the last two stretches of time that its holder told of; null where it told nothing.</summary>
/// <param name="Last">In the last one. Bytes per second.</param>
/// <param name="Before">In the one before.</param>
internal readonly record struct CopiedRate(long? Last, long? Before)
{
    /// <summary>After the next question.</summary>
    public CopiedRate Next(CopyAsk ask) => new(ask is { CopiedBytes: { } bytes, CopiedMs: > 0 } ? (long)((Int128)bytes * 1_000 / ask.CopiedMs) : null, Last);

    /// <summary>
    /// What a copy counts with: what it did, when that is the same twice within a quarter; otherwise all that it may do, for a rate that rises is known
    /// a step too late, and what it is too low by would be taken for applications'.
    /// </summary>
    /// <param name="lentBytesPerSecond">What it may do.</param>
    public long Counted(long lentBytesPerSecond)
    {
        if (Last is not { } last || Before is not { } before) return lentBytesPerSecond;
        var (less, more) = (Math.Min(last, before), Math.Max(last, before));
        return more - less > less / 4 ? lentBytesPerSecond : Math.Min(lentBytesPerSecond, more);
    }
}
