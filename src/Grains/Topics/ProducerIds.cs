namespace Actors.Grains.Topics;

/// <summary>
/// Hands out producer ids that no other producer of the cluster has or had. They come from the store in blocks; what is left
/// of a block when the process ends is never used. Safe to call from any thread.
/// </summary>
public sealed class ProducerIds(ITopicStore store, int nodeId, TopicOptions options)
{
    private readonly Lock _gate = new();
    private ProducerIdBlock _block;
    private int _used;
    private long _atLeast;
    private Task<ProducerIdBlock>? _taking;

    /// <summary>No id up to <paramref name="highestUsedId"/> is given out: the logs have batches of producers that had them.</summary>
    public void StartAbove(long highestUsedId)
    {
        lock (_gate)
            _atLeast = Math.Max(_atLeast, highestUsedId + 1);
    }

    /// <summary>The next id, at once while the block lasts, else when the store has given a new block.</summary>
    /// <param name="token">Ends this caller's waiting; a block that was asked for still serves the others.</param>
    /// <exception cref="TopicStoreException">The store gave no block; the next call asks again.</exception>
    public async ValueTask<long> NextAsync(CancellationToken token)
    {
        while (true)
        {
            Task<ProducerIdBlock> taking;
            lock (_gate)
            {
                if (_used < _block.Count)
                    return _block.First + _used++;
                if (_taking is null or { IsCompleted: true, IsCompletedSuccessfully: false })
                    _taking = store.TakeProducerIdsAsync(nodeId, options.ProducerIdBlockSize, _atLeast, CancellationToken.None);
                taking = _taking;
            }

            var block = await taking.WaitAsync(token);
            lock (_gate)
            {
                // The first waiter to come back puts the block in place; the others find it used or replaced.
                if (ReferenceEquals(_taking, taking))
                    (_taking, _block, _used) = (null, block, 0);
            }
        }
    }
}
