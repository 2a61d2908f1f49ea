using System.Collections.Concurrent;

namespace Actors.Runtime.Tests.Scheduling;

/// <summary>What counting grains did, and what they saw that must not be.</summary>
public sealed class Ledger
{
    private readonly ConcurrentDictionary<string, object> _live = new();
    private int _activations;

    public ConcurrentDictionary<string, int> Counts { get; } = new();

    public ConcurrentQueue<string> Faults { get; } = new();

    public int Activations => _activations;

    public int Live => _live.Count;

    public void Begin(string key, object grain)
    {
        Interlocked.Increment(ref _activations);
        if (!_live.TryAdd(key, grain))
        {
            Faults.Enqueue($"{key} was activated twice");
        }
    }

    public void Call(string key, object grain)
    {
        if (!_live.TryGetValue(key, out object? live) || !ReferenceEquals(live, grain))
        {
            Faults.Enqueue($"{key} was called while it was not active");
        }

        Counts.AddOrUpdate(key, 1, static (_, count) => count + 1);
    }

    public void End(string key, object grain)
    {
        if (!_live.TryRemove(new KeyValuePair<string, object>(key, grain)))
        {
            Faults.Enqueue($"{key} was deactivated twice");
        }
    }
}
