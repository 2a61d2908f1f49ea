namespace Actors.Grains.Agents;

/// <summary>A gate for each of many, made when it is first needed and forgotten when it is as new. No clock, no threads; one caller at a time.</summary>
/// <remarks>At most <see cref="MaxKeys"/> are told apart; those beyond share one gate.</remarks>
public sealed class KeyedGates<TKey>
    where TKey : notnull
{
    /// <summary>Keys that are told apart, at most.</summary>
    public const int MaxKeys = 65_536;

    private const long SweepMs = 1_000;

    private readonly Dictionary<TKey, AdmissionGate> _gates = [];
    private readonly AdmissionOptions _options;
    private readonly AdmissionGate _others;
    private long _sweepAtMs = long.MinValue;

    /// <param name="perMinute">How often each may enter in a minute, in the long run, and at once after a quiet time.</param>
    /// <param name="maxRetryAfterMs">Most milliseconds that somebody is told to wait.</param>
    public KeyedGates(int perMinute, int maxRetryAfterMs)
    {
        _options = new AdmissionOptions { AcceptsPerSecond = perMinute / 60.0, Burst = perMinute, MaxRetryAfterMs = maxRetryAfterMs };
        _others = new AdmissionGate(_options);
    }

    /// <summary>Keys that are told apart at the moment.</summary>
    public int Count => _gates.Count;

    /// <summary>Somebody wants to enter.</summary>
    /// <returns>0 when it may; else the milliseconds of which it should wait a random part.</returns>
    public int TryEnter(TKey key, long nowMs)
    {
        if (!_gates.TryGetValue(key, out var gate))
        {
            if (_gates.Count >= MaxKeys / 2 && nowMs >= _sweepAtMs)
                Sweep(nowMs);
            if (_gates.Count < MaxKeys)
                _gates[key] = gate = new AdmissionGate(_options);
        }

        return (gate ?? _others).TryEnter(nowMs);
    }

    /// <summary>What somebody entered for came to nothing: it does not count.</summary>
    public void GiveBack(TKey key) => _gates.GetValueOrDefault(key, _others).GiveBack();

    private void Sweep(long nowMs)
    {
        _sweepAtMs = nowMs + SweepMs;
        foreach (var (key, gate) in _gates)
        {
            if (gate.IsAsNew(nowMs))
                _gates.Remove(key);
        }
    }
}
