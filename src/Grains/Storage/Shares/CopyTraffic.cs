namespace Actors.Grains.Storage;

/// <summary>What copies may have taken of a link, over the last while: what is measured there is taken over a stretch of time, in which their rates change.</summary>
internal sealed class CopyTraffic
{
    private const long KeptMs = 60_000;

    private readonly List<(long AtMs, long BytesPerSecond)> _changes = [];

    /// <summary>Notes what copies take from now on. Time is monotonic.</summary>
    public void Note(long nowMs, long bytesPerSecond)
    {
        if (_changes.Count > 0 && _changes[^1].BytesPerSecond == bytesPerSecond) return;
        _changes.Add((nowMs, bytesPerSecond));
        while (_changes.Count > 1 && _changes[1].AtMs < nowMs - KeptMs) _changes.RemoveAt(0);
    }

    /// <summary>The most that they took at once since then, what they took at that time included.</summary>
    public long MostSince(long sinceMs)
    {
        long most = 0;
        for (var index = _changes.Count - 1; index >= 0; index--)
        {
            most = Math.Max(most, _changes[index].BytesPerSecond);
            if (_changes[index].AtMs <= sinceMs) break;
        }

        return most;
    }
}
