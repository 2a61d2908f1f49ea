namespace Actors.Log.Tests.PowerLoss;

/// <summary>What a store must hold after a number of changes, in the order in which they entered the write-ahead log.</summary>
internal sealed class ModelStore
{
    private readonly List<(string What, Action<ModelStore> Change)> _changes = [];
    private int _acknowledged;

    public SortedDictionary<LogId, ModelLog> Logs { get; } = [];

    public int Changes => _changes.Count;

    /// <summary>Makes a change and remembers it.</summary>
    /// <returns>Its number, for <see cref="Acknowledge"/>.</returns>
    public int Do(string what, Action<ModelStore> change)
    {
        _changes.Add((what, change));
        change(this);
        return _changes.Count;
    }

    /// <summary>The change, and with it all before, have been acknowledged: they must survive.</summary>
    public void Acknowledge(int number) => _acknowledged = Math.Max(_acknowledged, number);

    /// <summary>The states that a recovery may find: all acknowledged changes, and any number of those after them, without a gap.</summary>
    public IEnumerable<ModelStore> Survivors(ModelStore origin)
    {
        ModelStore state = origin.Copy();
        for (int i = 0; i <= _changes.Count; i++)
        {
            if (i >= _acknowledged)
                yield return state.Copy();
            if (i < _changes.Count)
                _changes[i].Change(state);
        }
    }

    /// <summary>The changes, newest last, with a mark behind those that were acknowledged.</summary>
    public string Describe(int newest) =>
        string.Join("; ", _changes.Select((c, i) => i + 1 == _acknowledged ? c.What + " | " : c.What).TakeLast(newest));

    public ModelStore Copy()
    {
        var copy = new ModelStore();
        foreach (ModelLog log in Logs.Values)
            copy.Logs.Add(log.Id, ModelLog.Copy(log));
        return copy;
    }

    /// <summary>Differences between this state and what a store has; null when there are none.</summary>
    public string? Difference(LogStore store, LogConfig config)
    {
        LogId[] ids = [.. store.Logs.Select(l => l.Id)];
        if (!ids.SequenceEqual(Logs.Keys))
            return $"logs [{string.Join(", ", ids)}], expected [{string.Join(", ", Logs.Keys)}]";
        foreach (ModelLog expected in Logs.Values)
        {
            using PartitionLog log = store.Open(expected.Id, config, Silent.Instance);
            string? difference = log.Description.Topic != expected.Topic ? $"log {expected.Id} is of {log.Description.Topic}" : expected.Difference(log);
            if (difference is not null)
                return difference;
        }

        return null;
    }

    private sealed class Silent : ILogObserver
    {
        public static Silent Instance { get; } = new();

        public void OnDurable(long durableEndOffset)
        {
        }

        public void OnFailed(LogFailure failure)
        {
        }
    }
}
