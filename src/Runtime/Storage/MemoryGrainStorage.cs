using System.Collections.Concurrent;
using System.Globalization;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Actors.Runtime.Storage;

/// <summary>A store in memory: for tests, and for state that may be lost with the process. Keeps serialised copies.</summary>
internal sealed class MemoryGrainStorage(string name) : IGrainStorage
{
    private readonly ConcurrentDictionary<(string StateName, GrainId GrainId), Row> _rows = new();
    private long _etags;

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        ArgumentNullException.ThrowIfNull(grainState);
        if (_rows.TryGetValue((stateName, grainId), out Row? row))
        {
            grainState.State = GrainStateJson.Deserialize<T>(row.State);
            grainState.ETag = row.ETag;
            grainState.RecordExists = true;
        }
        else
        {
            Reset(grainState);
        }

        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        ArgumentNullException.ThrowIfNull(grainState);
        var written = new Row(GrainStateJson.Serialize(grainState.State), Interlocked.Increment(ref _etags).ToString(CultureInfo.InvariantCulture));
        (string, GrainId) key = (stateName, grainId);
        bool done = grainState.ETag is null
            ? _rows.TryAdd(key, written)
            : _rows.TryGetValue(key, out Row? stored) && stored.ETag == grainState.ETag && _rows.TryUpdate(key, written, stored);
        if (!done)
        {
            throw Conflict("write", stateName, grainId, grainState.ETag);
        }

        grainState.ETag = written.ETag;
        grainState.RecordExists = true;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        ArgumentNullException.ThrowIfNull(grainState);
        (string, GrainId) key = (stateName, grainId);
        bool done = grainState.ETag is null
            ? !_rows.ContainsKey(key)
            : _rows.TryGetValue(key, out Row? stored)
                && stored.ETag == grainState.ETag
                && _rows.TryRemove(new KeyValuePair<(string, GrainId), Row>(key, stored));
        if (!done)
        {
            throw Conflict("clear", stateName, grainId, grainState.ETag);
        }

        Reset(grainState);
        return Task.CompletedTask;
    }

    private static void Reset<T>(IGrainState<T> grainState)
    {
        grainState.State = Activator.CreateInstance<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    private InconsistentStateException Conflict(string operation, string stateName, GrainId grainId, string? expected)
    {
        string? stored = _rows.TryGetValue((stateName, grainId), out Row? row) ? row.ETag : null;
        return new InconsistentStateException($"The store {name} refused to {operation} {stateName} of {grainId}: it has another version.", stored, expected);
    }

    private sealed record Row(byte[] State, string ETag);
}
