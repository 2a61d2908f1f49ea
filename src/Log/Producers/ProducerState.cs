using System.Runtime.CompilerServices;

namespace Actors.Log;

/// <summary>What a partition remembers of one producer; copied whole when an append may have to be undone.</summary>
internal struct ProducerState
{
    /// <summary>Batches that are remembered; a producer has at most five requests in flight.</summary>
    public const int MaxBatches = 5;

    public short Epoch;
    public int CoordinatorEpoch;
    public int BatchCount;
    public long LastAppendMs;

    /// <summary>Offset of the first record of the open transaction, or -1.</summary>
    public long TransactionFirstOffset;

    private Batches _batches;

    public static ProducerState Unknown => new() { Epoch = RecordBatch.NoProducerEpoch, CoordinatorEpoch = -1, TransactionFirstOffset = -1 };

    /// <summary>Sequence of the last record, or -1 when no batch is remembered.</summary>
    public readonly int LastSequence => BatchCount == 0 ? RecordBatch.NoSequence : _batches[BatchCount - 1].LastSequence;

    /// <summary>The batch at <paramref name="index"/>, oldest first.</summary>
    public readonly ProducerBatch this[int index] => _batches[index];

    /// <summary>Remembers a batch; the oldest of five goes.</summary>
    public void Add(in ProducerBatch batch)
    {
        if (BatchCount == MaxBatches)
        {
            for (int i = 1; i < MaxBatches; i++)
                _batches[i - 1] = _batches[i];
            BatchCount--;
        }

        _batches[BatchCount++] = batch;
    }

    /// <summary>Takes over a new epoch, in which nothing has been written yet.</summary>
    public void Begin(short epoch)
    {
        if (epoch == Epoch)
            return;
        Epoch = epoch;
        BatchCount = 0;
    }

    [InlineArray(MaxBatches)]
    private struct Batches
    {
        private ProducerBatch _first;
    }
}
