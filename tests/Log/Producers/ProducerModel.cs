namespace Actors.Log.Tests;

/// <summary>The slow oracle: every batch that was appended, and the rules as KIP-98 and KIP-360 state them.</summary>
internal sealed class ProducerModel
{
    private readonly List<(long Id, short Epoch, int First, int Last, long Offset)> _batches = [];

    public ProducerModel Copy()
    {
        var copy = new ProducerModel();
        copy._batches.AddRange(_batches);
        return copy;
    }

    public (short Epoch, int Next) Next(long id)
    {
        var own = Of(id);
        return own.Count == 0 ? ((short)0, 0) : (own[^1].Epoch, own[^1].Last + 1);
    }

    /// <summary>The first sequence of the batch that was appended <paramref name="back"/> batches ago.</summary>
    public int Recent(long id, int back, int otherwise)
    {
        var own = Of(id);
        return back > 0 && back <= own.Count ? own[^back].First : otherwise;
    }

    public ProducerCheck Judge(in RecordBatchHeader batch, long offset)
    {
        long id = batch.ProducerId;
        short epoch = batch.ProducerEpoch;
        int first = batch.BaseSequence, last = batch.LastSequence;
        var own = Of(id);
        if (own.Count > 0)
        {
            if (epoch < own[^1].Epoch)
                return new ProducerCheck(ProducerVerdict.InvalidEpoch);
            var same = own.Where(known => known.Epoch == epoch).TakeLast(5).ToList();
            int repeated = same.FindLastIndex(known => known.First == first && known.Last == last);
            if (repeated >= 0)
                return new ProducerCheck(ProducerVerdict.Duplicate, same[repeated].Offset);
            if (first != (same.Count == 0 ? 0 : same[^1].Last + 1))
                return new ProducerCheck(ProducerVerdict.OutOfOrder);
        }

        _batches.Add((id, epoch, first, last, offset));
        return new ProducerCheck(ProducerVerdict.Ok);
    }

    private List<(long Id, short Epoch, int First, int Last, long Offset)> Of(long id) => [.. _batches.Where(batch => batch.Id == id)];
}
