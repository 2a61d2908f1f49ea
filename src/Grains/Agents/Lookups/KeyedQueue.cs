namespace Actors.Grains.Agents;

/// <summary>
/// Keys that work is waiting for, in the order in which they came. A key that waits is not taken twice, one that is worked on is not
/// given to anybody else, and one that came while it was worked on waits again afterwards. Every operation takes the same time however
/// many wait. No threads; one caller at a time.
/// </summary>
/// <remarks>Memory is bounded by the number of keys, so it takes whatever comes: its owner bounds the keys.</remarks>
public sealed class KeyedQueue<TKey>
    where TKey : notnull
{
    private readonly Queue<TKey> _order = [];
    private readonly HashSet<TKey> _waiting = [];
    private readonly HashSet<TKey> _working = [];
    private readonly HashSet<TKey> _again = [];

    /// <summary>Keys that can be taken now.</summary>
    public int Waiting => _order.Count;

    /// <summary>Keys that are worked on.</summary>
    public int Working => _working.Count;

    /// <summary>There is work for a key.</summary>
    /// <returns>Whether it can be taken now and could not before.</returns>
    public bool Add(TKey key)
    {
        if (_working.Contains(key))
        {
            _again.Add(key);
            return false;
        }

        if (!_waiting.Add(key))
            return false;
        _order.Enqueue(key);
        return true;
    }

    /// <summary>Takes up to <paramref name="max"/> keys, oldest first; each has to be given back by <see cref="Done"/>.</summary>
    public IReadOnlyList<TKey> Take(int max)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max);
        var taken = new List<TKey>(Math.Min(max, _order.Count));
        while (taken.Count < max && _order.TryDequeue(out var key))
        {
            _waiting.Remove(key);
            _working.Add(key);
            taken.Add(key);
        }

        return taken;
    }

    /// <summary>The work on a key has ended; if more came meanwhile, or it failed, it waits again.</summary>
    /// <returns>Whether it waits again.</returns>
    public bool Done(TKey key, bool isFailed = false)
    {
        if (!_working.Remove(key))
            throw new ArgumentException($"{key} is not worked on.", nameof(key));
        return (_again.Remove(key) | isFailed) && Add(key);
    }
}
