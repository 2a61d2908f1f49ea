namespace Actors.Grains.Overview;

/// <summary>
/// What the threads of some processors count of one method's calls. Counts are exact; a duration that is recorded at the very moment
/// at which its window is cleared may be lost.
/// </summary>
internal sealed class CallStripe
{
    /// <summary>A window's length in milliseconds. Two are kept: the one that is filled, and the one before.</summary>
    public const long WindowMs = 30_000;

    /// <summary>So many calls are timed in a second before some are skipped; then one in so many.</summary>
    public const int TimedPerEpoch = 256, Stride = 64;

    private readonly Window _even = new();
    private readonly Window _odd = new();
    private long _begun;
    private long _ok;
    private long _errors;
    private long _cancelled;
    private int _epoch;
    private int _left;
    private int _skip;

    public void Begin() => Interlocked.Increment(ref _begun);

    /// <summary>True when the call that begins is to be timed. Threads may interfere: then one more or less is.</summary>
    /// <param name="epoch">A number that changes every second and is never 0.</param>
    public bool IsTimed(int epoch)
    {
        if (epoch != _epoch)
        {
            _epoch = epoch;
            _left = TimedPerEpoch;
        }

        if (_left > 0)
        {
            _left--;
            return true;
        }

        if (--_skip > 0) return false;
        _skip = Stride;
        return true;
    }

    /// <param name="failure">Why it failed; null: it did not.</param>
    public void End(Exception? failure) =>
        Interlocked.Increment(ref failure is null ? ref _ok : ref failure is OperationCanceledException ? ref _cancelled : ref _errors);

    /// <param name="microseconds">How long a call took.</param>
    /// <param name="window">The number of the window of this moment.</param>
    public void Record(long microseconds, long window) => ((window & 1) == 0 ? _even : _odd).Record(microseconds, window);

    /// <summary>Adds what was counted here to a report.</summary>
    public CallReport AddTo(CallReport report, long window)
    {
        // The ends are read first: a call that ends in between looks as if it still ran, and none is counted below zero.
        var (ok, errors, cancelled) = (Volatile.Read(ref _ok), Volatile.Read(ref _errors), Volatile.Read(ref _cancelled));
        return report with
        {
            Ok = report.Ok + ok,
            Errors = report.Errors + errors,
            Cancelled = report.Cancelled + cancelled,
            InFlight = report.InFlight + Volatile.Read(ref _begun) - ok - errors - cancelled,
            Latencies = _even.AddTo(_odd.AddTo(report.Latencies, window), window),
        };
    }

    private sealed class Window
    {
        private readonly Lock _lock = new();
        private readonly int[] _counts = new int[Latencies.BucketCount];
        private long _number = -1;
        private long _maxMicroseconds;

        public void Record(long microseconds, long window)
        {
            if (Volatile.Read(ref _number) != window) Clear(window);
            Interlocked.Increment(ref _counts[Latencies.BucketOf(microseconds)]);
            var max = Volatile.Read(ref _maxMicroseconds);
            while (microseconds > max)
            {
                var seen = Interlocked.CompareExchange(ref _maxMicroseconds, microseconds, max);
                if (seen == max) break;
                max = seen;
            }
        }

        public Latencies AddTo(Latencies sum, long window)
        {
            if (Volatile.Read(ref _number) < window - 1) return sum;
            var used = _counts.AsSpan().LastIndexOfAnyExcept(0) + 1;
            return used == 0 ? sum : sum.Add(new()
            {
                Counts = [.. _counts.Take(used).Select(static count => (long)count)],
                MaxMicroseconds = Volatile.Read(ref _maxMicroseconds),
            });
        }

        private void Clear(long window)
        {
            lock (_lock)
            {
                if (_number >= window) return;
                Array.Clear(_counts);
                Volatile.Write(ref _maxMicroseconds, 0);
                Volatile.Write(ref _number, window);
            }
        }
    }
}
