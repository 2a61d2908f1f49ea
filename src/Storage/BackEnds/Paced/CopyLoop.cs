namespace Actors.Storage.BackEnds.Paced;

/// <summary>Sets one copy's rate, turn by turn, until it is disposed of. It alone does, so a rate that was worked out before another was lent never comes after it.</summary>
internal sealed class CopyLoop : IAsyncDisposable
{
    private readonly IVolumeBackEnd _inner;
    private readonly string _volume;
    private readonly PacedCopy _copy;
    private readonly ICopyMeter? _meter;
    private readonly TimeSpan _turn;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly Task _running;
    private TaskCompletionSource _lent = NewSource();
    private TaskCompletionSource _set = NewSource();
    private CopyRate? _next;
    private long _lentBytesPerSecond;
    private long _seenBytes;
    private long? _seenFirst;

    public CopyLoop(IVolumeBackEnd inner, string volume, PacedCopy copy, ICopyMeter? meter, TimeSpan turn, TimeProvider time)
    {
        (_inner, _volume, _copy, _meter, _turn, _time) = (inner, volume, copy, meter, turn, time);
        (First, _lentBytesPerSecond) = (copy.RateAt(NowNs(time)), copy.LentBytesPerSecond);
        _running = RunAsync();
    }

    /// <summary>What the copy begins with.</summary>
    public CopyRate First { get; }

    /// <summary>What is lent now.</summary>
    public long LentBytesPerSecond => Interlocked.Read(ref _lentBytesPerSecond);

    /// <summary>Monotonic nanoseconds of a clock.</summary>
    public static long NowNs(TimeProvider time) => (long)((Int128)time.GetTimestamp() * 1_000_000_000 / time.TimestampFrequency);

    /// <summary>Lends another rate, and waits until the copy goes by it.</summary>
    /// <exception cref="BackEndException">It could not be set.</exception>
    public Task LendAsync(CopyRate rate, CancellationToken token)
    {
        Task set;
        lock (_lock)
        {
            _next = rate;
            set = _set.Task;
            _lent.TrySetResult();
        }

        return set.WaitAsync(token);
    }

    /// <summary>Notes how much of the replica is filled, where nobody counts better.</summary>
    public void Saw(long syncedBytes)
    {
        lock (_lock)
        {
            _seenFirst ??= syncedBytes;
            _seenBytes = Math.Max(_seenBytes, syncedBytes - _seenFirst.Value);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task RunAsync()
    {
        await Task.Yield();
        var nextTurnNs = NowNs(_time) + _turn.Ticks * 100;
        while (!_stop.IsCancellationRequested)
        {
            var wait = TimeSpan.FromTicks(Math.Max(0, nextTurnNs - NowNs(_time)) / 100);
            await _lent.Task.WaitAsync(wait, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_stop.IsCancellationRequested) break;
            var set = TakeLent();
            var now = NowNs(_time);
            if (now >= nextTurnNs)
            {
                _copy.Step(now, _meter is null ? Seen() : _meter.CopiedBytes(_volume) ?? 0);
                nextTurnNs = Math.Max(nextTurnNs + _turn.Ticks * 100, now);
            }

            await SetAsync(set);
        }

        lock (_lock) _set.TrySetResult();
    }

    private TaskCompletionSource? TakeLent()
    {
        lock (_lock)
        {
            if (_next is not { } rate) return null;
            _copy.Lend(rate, NowNs(_time));
            Interlocked.Exchange(ref _lentBytesPerSecond, rate.BytesPerSecond);
            var set = _set;
            (_next, _lent, _set) = (null, NewSource(), NewSource());
            return set;
        }
    }

    private async Task SetAsync(TaskCompletionSource? set)
    {
        try
        {
            var rate = _copy.RateAt(NowNs(_time));
            // A share that has ended ends the copy by itself.
            if (rate.TimeToLive > TimeSpan.Zero) await _inner.RenewAsync(_volume, rate, _stop.Token).WaitAsync(rate.TimeToLive, _time, _stop.Token);
            set?.TrySetResult();
        }
        catch (Exception failure)
        {
            if (_stop.IsCancellationRequested) set?.TrySetResult();
            else set?.TrySetException(failure);
        }
    }

    private long Seen()
    {
        lock (_lock) return _seenBytes;
    }
}
