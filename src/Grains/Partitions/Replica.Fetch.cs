using Actors.Kafka;
using Actors.Log;

namespace Actors.Grains.Partitions;

public sealed partial class Replica
{
    private IFetchWaiter[] _waiters = [];
    private int _waiterCount;

    /// <summary>Offset below which consumers may read; grows only.</summary>
    public long HighWatermark
    {
        get
        {
            lock (_gate)
                return _highWatermark;
        }
    }

    /// <summary>What a fetch at <paramref name="position"/> gets, without reading anything.</summary>
    public FetchSnapshot Look(in FetchPosition position)
    {
        lock (_gate)
        {
            if (_state == ReplicaState.Closed)
                return Refusal(ErrorCode.NotLeaderOrFollower);
            if (EpochError(position.CurrentLeaderEpoch) is var epochError and not ErrorCode.None)
                return Refusal(epochError);

            var startOffset = _log.StartOffset;
            var endOffset = _log.EndOffset;
            var snapshot = new FetchSnapshot
            {
                HighWatermark = _highWatermark,
                LastStableOffset = LastStableOffset,
                LogStartOffset = startOffset,
                Diverging = EpochEnd.Undefined,
                AppendedBytes = _appendedBytes,
            };
            if (position.Offset < startOffset || position.Offset > endOffset)
                return snapshot with { Error = ErrorCode.OffsetOutOfRange };
            if (position.LastFetchedEpoch < 0)
                return snapshot;

            var end = _log.Epochs.EndOffsetFor(position.LastFetchedEpoch, endOffset);
            if (!end.IsDefined)
                return snapshot with { Error = ErrorCode.OffsetOutOfRange };
            return end.Epoch < position.LastFetchedEpoch || end.EndOffset < position.Offset ? snapshot with { Diverging = end } : snapshot;
        }
    }

    /// <summary>Reads whole batches that end at or below <paramref name="upToOffset"/>; the lease is to be disposed soon.</summary>
    /// <inheritdoc cref="PartitionLog.Read"/>
    public LogRead Read(long offset, long upToOffset, int maxBytes, bool atLeastOneBatch) =>
        _log.Read(offset, upToOffset, maxBytes, atLeastOneBatch);

    /// <summary>Tells <paramref name="waiter"/> of every progress from now on, until <see cref="Unwatch"/>.</summary>
    /// <param name="knownHighWatermark">What the waiter has seen.</param>
    /// <returns>False when the waiter must look at once: there has been progress since, or the replica is closed.</returns>
    public bool Watch(IFetchWaiter waiter, long knownHighWatermark)
    {
        lock (_gate)
        {
            if (_waiterCount == _waiters.Length)
                Array.Resize(ref _waiters, Math.Max(4, _waiterCount * 2));
            _waiters[_waiterCount++] = waiter;
            return _state != ReplicaState.Closed && _highWatermark == knownHighWatermark;
        }
    }

    /// <summary>Takes a waiter off; one that is not watching is left out of account.</summary>
    public void Unwatch(IFetchWaiter waiter)
    {
        lock (_gate)
        {
            var index = Array.IndexOf(_waiters, waiter, 0, _waiterCount);
            if (index < 0)
                return;
            _waiters[index] = _waiters[--_waiterCount];
            _waiters[_waiterCount] = null!;
        }
    }

    private long LastStableOffset => Math.Min(_highWatermark, _log.Producers.FirstOpenTransactionOffset ?? long.MaxValue);

    private ErrorCode EpochError(int clientEpoch) =>
        clientEpoch < 0 || clientEpoch == _leaderEpoch ? ErrorCode.None
        : clientEpoch < _leaderEpoch ? ErrorCode.FencedLeaderEpoch
        : ErrorCode.UnknownLeaderEpoch;

    private static FetchSnapshot Refusal(ErrorCode error) => new()
    {
        Error = error,
        HighWatermark = -1,
        LastStableOffset = -1,
        LogStartOffset = -1,
        Diverging = EpochEnd.Undefined,
    };

    /// <summary>Waiters are called without the monitor, from a copy: one that has just gone may be called once more.</summary>
    private void WakeAll()
    {
        IFetchWaiter[] waiters;
        lock (_gate)
        {
            if (_waiterCount == 0)
                return;
            waiters = _waiters.AsSpan(0, _waiterCount).ToArray();
        }

        foreach (var waiter in waiters)
            waiter.OnProgress(this);
    }
}
