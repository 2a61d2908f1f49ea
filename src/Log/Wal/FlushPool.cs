namespace Actors.Log;

/// <summary>Flushes that are used again, so that a flush allocates nothing.</summary>
internal sealed class FlushPool
{
    private const int MaxKept = 64;

    private readonly Lock _lock = new();
    private readonly Stack<Flush> _free = new();

    public Flush Rent()
    {
        lock (_lock)
        {
            if (_free.TryPop(out Flush? flush))
                return flush;
        }

        return new Flush();
    }

    /// <summary>One user of the flush is done with it.</summary>
    public void Release(Flush flush)
    {
        if (!flush.Release())
            return;
        lock (_lock)
        {
            if (_free.Count < MaxKept)
                _free.Push(flush);
        }
    }
}
