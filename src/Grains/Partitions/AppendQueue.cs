using Actors.Kafka;

namespace Actors.Grains.Partitions;

/// <summary>Appends that wait for an offset, in the order of their arrival. Not thread-safe: the replica's monitor guards it.</summary>
internal struct AppendQueue
{
    private PendingAppend? _first;
    private PendingAppend? _last;

    public readonly bool IsEmpty => _first is null;

    public void Add(PendingAppend append)
    {
        append.Next = null;
        if (_last is null)
            _first = append;
        else
            _last.Next = append;
        _last = append;
    }

    /// <summary>
    /// Moves to <paramref name="done"/> every append up to the first one that waits for more than <paramref name="endOffset"/>.
    /// Awaited offsets never fall except for duplicates, which wait behind what arrived before them.
    /// </summary>
    public void TakeReached(long endOffset, ref AppendQueue done)
    {
        while (_first is { } append && append.AwaitedOffset <= endOffset)
        {
            Remove(append);
            done.Add(append);
        }
    }

    /// <summary>Moves everything to <paramref name="done"/> with an error as its answer.</summary>
    public void TakeAll(ErrorCode error, long logStartOffset, ref AppendQueue done)
    {
        while (_first is { } append)
        {
            Remove(append);
            append.Refuse(error, logStartOffset);
            done.Add(append);
        }
    }

    /// <summary>Completes everything in order. Called without the monitor.</summary>
    public void Complete(ref CompletionBatch batch)
    {
        while (_first is { } append)
        {
            // Once completed, the append may already be in use again.
            Remove(append);
            append.Complete(ref batch);
        }
    }

    private void Remove(PendingAppend append)
    {
        _first = append.Next;
        if (_first is null)
            _last = null;
        append.Next = null;
    }
}
