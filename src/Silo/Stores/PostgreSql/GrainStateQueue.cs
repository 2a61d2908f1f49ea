namespace Actors.Silo.Stores.PostgreSql;

/// <summary>
/// A bounded queue of requests that share statements. While nothing runs, a request is run at once; while a statement runs,
/// requests gather, and the next statement takes them: there is no timer. Two requests for one record never share a
/// statement, and keep their order. Safe to use from any thread.
/// </summary>
/// <param name="run">Runs requests as one statement and answers each; they are taken. One call at a time.</param>
internal sealed class GrainStateQueue(Func<IReadOnlyList<GrainStateRequest>, Task> run)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<GrainStateRequest> _waiting = new();
    private long _waitingBytes;
    private bool _isRunning;

    /// <summary>Adds a request.</summary>
    /// <returns>False when the queue is full.</returns>
    public bool TryAdd(GrainStateRequest request)
    {
        lock (_gate)
        {
            if (_waiting.Count >= PostgreSqlGrainState.MaxWaiting || (_waiting.Count > 0 && _waitingBytes + request.Bytes > PostgreSqlGrainState.MaxWaitingBytes)) return false;
            _waiting.AddLast(request);
            _waitingBytes += request.Bytes;
            if (_isRunning) return true;
            _isRunning = true;
        }

        // The statements belong to nobody: not to the turn, nor to the trace, of who came first.
        using (ExecutionContext.SuppressFlow()) _ = Task.Run(DrainAsync);
        return true;
    }

    private async Task DrainAsync()
    {
        while (Take() is { Count: > 0 } batch)
        {
            try
            {
                await run(batch);
            }
            catch (Exception failure)
            {
                foreach (var request in batch) request.Fail(failure);
            }
        }
    }

    /// <summary>Takes what fits into a statement; nothing is running any more when there is nothing.</summary>
    private List<GrainStateRequest> Take()
    {
        List<GrainStateRequest> batch = [];
        HashSet<GrainStateKey> keys = [];
        long bytes = 0;
        lock (_gate)
        {
            for (var (node, next) = (_waiting.First, default(LinkedListNode<GrainStateRequest>)); node is not null && batch.Count < PostgreSqlGrainState.MaxRows; node = next)
            {
                next = node.Next;
                var request = node.Value;
                if (batch.Count > 0 && bytes + request.Bytes > PostgreSqlGrainState.MaxStatementBytes) break;
                if (!keys.Add(request.Key)) continue; // after the one before it
                _waiting.Remove(node);
                _waitingBytes -= request.Bytes;
                if (!request.TryTake())
                {
                    keys.Remove(request.Key);
                    continue;
                }

                batch.Add(request);
                bytes += request.Bytes;
            }

            _isRunning = batch.Count > 0;
        }

        return batch;
    }
}
