namespace Actors.Silo.Stores.Sqlite;

/// <summary>A bounded queue that many fill and one thread empties, all that is there at a time.</summary>
/// <param name="capacity">Operations that may wait.</param>
internal sealed class StoreQueue(int capacity)
{
    private readonly object _gate = new();
    private Queue<StoreOperation> _waiting = new();
    private bool _isClosed;

    /// <summary>Adds an operation.</summary>
    /// <returns>Null when it was added, else why not.</returns>
    public string? TryAdd(StoreOperation operation)
    {
        lock (_gate)
        {
            if (_isClosed) return "it is closed";
            if (_waiting.Count >= capacity) return $"{capacity} operations are waiting already; try again later";
            _waiting.Enqueue(operation);
            if (_waiting.Count == 1) Monitor.Pulse(_gate);
            return null;
        }
    }

    /// <summary>Waits until there is something, and takes all of it.</summary>
    /// <param name="taken">An empty queue in, a filled one out.</param>
    /// <returns>False when the queue is closed and empty.</returns>
    public bool TryTakeAll(ref Queue<StoreOperation> taken)
    {
        lock (_gate)
        {
            while (_waiting.Count == 0 && !_isClosed) Monitor.Wait(_gate);
            (_waiting, taken) = (taken, _waiting);
            return taken.Count > 0;
        }
    }

    /// <summary>Takes nothing more; what waits is still handed out.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.Pulse(_gate);
        }
    }
}
