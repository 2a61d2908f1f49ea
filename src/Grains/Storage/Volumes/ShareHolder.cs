namespace Actors.Grains.Storage;

/// <summary>The share that a copy has been lent, and for how long it holds: from when it was asked for, by the monotonic clock.</summary>
/// <param name="time">The clock.</param>
internal sealed class ShareHolder(TimeProvider time)
{
    private CopyGrant? _grant;
    private long _endsAtMs;
    private long _heldOffUntilMs = long.MinValue;
    private string? _waitsFor;
    private (long Bytes, long AtMs)? _seen;
    private (long Bytes, long Ms)? _copied;

    /// <summary>What the copy waits for; null when it has a share, or nothing is known.</summary>
    public string? WaitsFor => IsHeldOff ? "a copy that was begun before to end" : _waitsFor;

    /// <summary>Whether the lender knows of the copy.</summary>
    public bool IsHolding { get; private set; }

    /// <summary>The rate at this moment; 0 without a share.</summary>
    public long BytesPerSecond => _grant is { } grant && NowMs() < _endsAtMs && !IsHeldOff ? grant.BytesPerSecond : 0;

    /// <summary>For how long it still holds.</summary>
    public TimeSpan TimeToLive => TimeSpan.FromMilliseconds(Math.Max(0, _endsAtMs - NowMs()));

    private bool IsHeldOff => NowMs() < _heldOffUntilMs;

    /// <summary>No share counts for a while, because somebody may copy by the share of an earlier activation until it ends.</summary>
    /// <param name="duration">How long a share holds at most.</param>
    public void HoldOff(TimeSpan duration) => _heldOffUntilMs = NowMs() + (long)duration.TotalMilliseconds;

    /// <summary>What applications do on the copy's pools, as the lender knows it; null when it does not.</summary>
    public long? ApplicationBytesPerSecond => _grant?.ApplicationBytesPerSecond;

    /// <summary>The question for the next share.</summary>
    public CopyAsk Ask(string volume, OrderedMove move)
    {
        IsHolding = true;
        return new CopyAsk { Volume = volume, Move = move, Run = _grant?.Run ?? 0, GoesByGrant = _grant?.Number ?? 0, CopiedBytes = _copied?.Bytes, CopiedMs = _copied?.Ms ?? 0 };
    }

    /// <summary>Takes an answer.</summary>
    /// <param name="grant">The answer.</param>
    /// <param name="askedAtMs">When it was asked for, by <see cref="NowMs"/>.</param>
    public void Take(CopyGrant grant, long askedAtMs)
    {
        _waitsFor = grant.WaitsFor;
        if (grant.IsSettling) return;
        (_grant, _endsAtMs) = (grant, askedAtMs + grant.TimeToLiveMs);
    }

    /// <summary>Notes how far the copy that runs has come; null: none does, or nobody counts.</summary>
    public void Saw(long? copiedBytes)
    {
        var nowMs = NowMs();
        _copied = copiedBytes is { } bytes && _seen is { } last && bytes >= last.Bytes && nowMs > last.AtMs ? (bytes - last.Bytes, nowMs - last.AtMs) : null;
        _seen = copiedBytes is { } now ? (now, nowMs) : null;
    }

    /// <summary>The copy has stopped.</summary>
    public void Drop() => (_grant, _waitsFor, IsHolding, _seen, _copied) = (null, null, false, null, null);

    /// <summary>Monotonic milliseconds.</summary>
    public long NowMs() => (long)(time.GetTimestamp() * 1_000.0 / time.TimestampFrequency);
}
