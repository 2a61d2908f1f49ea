namespace Actors.Grains.Storage;

/// <summary>The share that a copy has been lent, and for how long it holds: from when it was asked for, by the monotonic clock.</summary>
/// <param name="time">The clock.</param>
internal sealed class ShareHolder(TimeProvider time)
{
    private CopyGrant? _grant;
    private long _endsAtMs;

    /// <summary>What the copy waits for; null when it has a share, or nothing is known.</summary>
    public string? WaitsFor { get; private set; }

    /// <summary>Whether the lender knows of the copy.</summary>
    public bool IsHolding { get; private set; }

    /// <summary>The rate at this moment; 0 without a share.</summary>
    public long BytesPerSecond => _grant is { } grant && NowMs() < _endsAtMs ? grant.BytesPerSecond : 0;

    /// <summary>For how long it still holds.</summary>
    public TimeSpan TimeToLive => TimeSpan.FromMilliseconds(Math.Max(0, _endsAtMs - NowMs()));

    /// <summary>The question for the next share.</summary>
    public CopyAsk Ask(string volume, OrderedMove move)
    {
        IsHolding = true;
        return new CopyAsk { Volume = volume, Move = move, Run = _grant?.Run ?? 0, GoesByGrant = _grant?.Number ?? 0 };
    }

    /// <summary>Takes an answer.</summary>
    /// <param name="grant">The answer.</param>
    /// <param name="askedAtMs">When it was asked for, by <see cref="NowMs"/>.</param>
    public void Take(CopyGrant grant, long askedAtMs)
    {
        WaitsFor = grant.WaitsFor;
        if (grant.IsSettling) return;
        (_grant, _endsAtMs) = (grant, askedAtMs + grant.TimeToLiveMs);
    }

    /// <summary>The copy has stopped.</summary>
    public void Drop() => (_grant, WaitsFor, IsHolding) = (null, null, false);

    /// <summary>Monotonic milliseconds.</summary>
    public long NowMs() => (long)(time.GetTimestamp() * 1_000.0 / time.TimestampFrequency);
}
