namespace Actors.Grains.Agents;

/// <summary>
/// Takes new connections at a bounded rate. Who is refused is told how long the others that were refused take: if each waits a random part
/// of that, they come back at about the rate at which they are taken, however many they are. No clock, no threads; one caller at a time.
/// </summary>
public sealed class AdmissionGate
{
    private readonly AdmissionOptions _options;
    private double _room;
    private double _queued;
    private long _lastMs = long.MinValue;

    /// <summary>A gate with room for a burst.</summary>
    public AdmissionGate(AdmissionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.AcceptsPerSecond, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Burst, nameof(options));
        _options = options;
        _room = options.Burst;
    }

    /// <summary>Connections that were refused.</summary>
    public long Refused { get; private set; }

    /// <summary>A connection that was taken came to nothing: it does not count.</summary>
    public void GiveBack() => _room = Math.Min(_options.Burst, _room + 1);

    /// <summary>Whether the gate is as one that was just made.</summary>
    public bool IsAsNew(long nowMs) => _room + (Math.Max(0, nowMs - _lastMs) * _options.AcceptsPerSecond / 1_000.0) >= _options.Burst;

    /// <summary>Somebody wants to connect.</summary>
    /// <param name="nowMs">A clock that never goes back.</param>
    /// <returns>0 when he may; else the milliseconds of which he should wait a random part.</returns>
    public int TryEnter(long nowMs)
    {
        var passedMs = _lastMs == long.MinValue ? 0 : Math.Max(0, nowMs - _lastMs);
        _lastMs = Math.Max(_lastMs, nowMs);
        var drained = passedMs * _options.AcceptsPerSecond / 1_000.0;
        _room = Math.Min(_options.Burst, _room + drained);
        _queued = Math.Max(0, _queued - drained);
        if (_room >= 1)
        {
            _room--;
            return 0;
        }

        Refused++;
        _queued++;

        // Twice the time that they take one after the other: a random part of it is that time on average.
        return (int)Math.Clamp(2_000 * _queued / _options.AcceptsPerSecond, 1_000, _options.MaxRetryAfterMs);
    }
}
