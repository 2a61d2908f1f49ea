namespace Actors.Storage.Shares;

/// <summary>
/// Whether copies use a link. Down counts at once. Up counts after a hold-down that doubles with each time the link goes down again soon, and then one
/// copy after the other comes back, each after a pause of random length, so that a link that just came up is not hit by all at once.
/// </summary>
/// <remarks>Time is a monotonic number of milliseconds; not safe for several threads at once.</remarks>
public sealed class LinkHealth
{
    private readonly LinkHealthOptions _options;
    private readonly Random _random;
    private readonly List<long> _admitsAtMs = [];
    private bool _isUp = true;
    private bool _isRecovering;
    private long _upSinceMs;
    private long _usableAtMs;
    private long _holdDownMs;

    /// <param name="options">Pauses.</param>
    /// <param name="random">Source of the jitter; seeded, and used by this object alone.</param>
    public LinkHealth(LinkHealthOptions options, Random random)
    {
        _options = options;
        _random = random;
    }

    /// <summary>Takes what was seen of the link.</summary>
    public void Observe(long nowMs, bool isUp)
    {
        if (isUp == _isUp) return;
        _isUp = isUp;
        if (!isUp)
        {
            var wasStable = !_isRecovering || nowMs - _upSinceMs >= (long)_options.StableAfter.TotalMilliseconds;
            var firstMs = (long)_options.HoldDown.TotalMilliseconds;
            _holdDownMs = wasStable ? firstMs : Math.Min(_holdDownMs * 2, (long)_options.LongestHoldDown.TotalMilliseconds);
            _isRecovering = true;
            return;
        }

        _upSinceMs = nowMs;
        _usableAtMs = nowMs + _holdDownMs;
        _admitsAtMs.Clear();
        _admitsAtMs.Add(_usableAtMs);
    }

    /// <summary>How many copies may use the link now: none while it is down or held down, then one more after each pause, in the end any number.</summary>
    public int MaxCopies(long nowMs)
    {
        if (!_isUp) return 0;
        if (!_isRecovering) return int.MaxValue;
        if (nowMs < _usableAtMs) return 0;
        if (nowMs - _upSinceMs >= _holdDownMs + (long)_options.StableAfter.TotalMilliseconds) return int.MaxValue;
        var pauseMs = (int)_options.ResumePause.TotalMilliseconds;
        while (_admitsAtMs[^1] <= nowMs)
            _admitsAtMs.Add(_admitsAtMs[^1] + pauseMs / 2 + _random.Next(pauseMs + 1));
        return _admitsAtMs.Count - 1;
    }
}
