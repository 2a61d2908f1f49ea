using System.Collections.Concurrent;

namespace Actors.Log;

/// <summary>All logs of a data directory by their ids, and the next id to be given away.</summary>
internal sealed class LogRegistry
{
    private readonly ConcurrentDictionary<LogId, StoredLog> _logs = new();
    private long _nextId = 1;

    public IEnumerable<StoredLog> All => _logs.Values;

    public long NextId => Volatile.Read(ref _nextId);

    public LogId TakeId() => new(Interlocked.Increment(ref _nextId) - 1);

    public StoredLog? Find(LogId id) => _logs.GetValueOrDefault(id);

    public void Add(StoredLog log)
    {
        if (!_logs.TryAdd(log.Id, log))
            throw new InvalidOperationException($"There are two logs with the id {log.Id}.");
        SkipTo(log.Id.Value + 1);
    }

    public void Remove(StoredLog log) => _logs.TryRemove(log.Id, out _);

    /// <summary>Ids below <paramref name="nextId"/> are never given away again.</summary>
    public void SkipTo(long nextId)
    {
        long seen = Volatile.Read(ref _nextId);
        while (seen < nextId)
        {
            long before = Interlocked.CompareExchange(ref _nextId, nextId, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }
}
