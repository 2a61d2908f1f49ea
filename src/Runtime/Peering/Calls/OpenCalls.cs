using System.Diagnostics.CodeAnalysis;

namespace Actors.Runtime.Peering;

/// <summary>Calls by their numbers on a connection. Safe for use from any thread; adding and removing allocate nothing once it has grown.</summary>
internal sealed class OpenCalls<T>
    where T : class
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, T> _calls = [];

    /// <returns>False, and nothing is changed, when there is one of this number.</returns>
    public bool TryAdd(long id, T call)
    {
        lock (_lock)
        {
            return _calls.TryAdd(id, call);
        }
    }

    public bool TryGet(long id, [NotNullWhen(true)] out T? call)
    {
        lock (_lock)
        {
            return _calls.TryGetValue(id, out call);
        }
    }

    public bool TryTake(long id, [NotNullWhen(true)] out T? call)
    {
        lock (_lock)
        {
            return _calls.Remove(id, out call);
        }
    }

    /// <summary>The numbers of this moment.</summary>
    public long[] Numbers()
    {
        lock (_lock)
        {
            return [.. _calls.Keys];
        }
    }

    /// <summary>Those of this moment.</summary>
    public T[] ToArray()
    {
        lock (_lock)
        {
            return [.. _calls.Values];
        }
    }
}
