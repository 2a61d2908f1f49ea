namespace Actors.Log;

/// <summary>What a partition knows of its idempotent producers: it tells new batches from repeated, lost and fenced ones.</summary>
/// <remarks>
/// <para>State advances when a batch is appended to the log's tail, not when it is durable, so that the next batch of the
/// same producer is judged by the one before it. <see cref="Stage"/> advances; <see cref="Commit"/> or <see cref="Rollback"/>
/// follows when the log has taken or refused the batches that were staged. A truncation rebuilds the state from a snapshot
/// and the log after it, with <see cref="Apply"/>.</para>
/// <para>Not thread-safe: the log's owner serialises all calls. Expiry needs no timer; every batch forgets who is due, and
/// so does every checkpoint.</para>
/// <para>Source: Kafka's ProducerStateManager, ProducerStateEntry and ProducerAppendInfo; KIP-98, KIP-360.</para>
/// </remarks>
public sealed partial class ProducerStates
{
    private readonly ProducerStatesOptions _options;
    private readonly Dictionary<long, Producer> _producers = [];
    private readonly SortedSet<(long FirstOffset, long ProducerId)> _openTransactions = [];
    private readonly List<Undo> _staged = [];

    // The producer that has been silent longest, and the one that wrote last.
    private Producer? _oldest;
    private Producer? _newest;

    /// <summary>Knows no producer.</summary>
    public ProducerStates(ProducerStatesOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ExpirationMs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxProducers, 1);
        _options = options;
    }

    /// <summary>Producers that are remembered.</summary>
    public int Count => _producers.Count;

    /// <summary>The highest producer id of them, or null when there are none.</summary>
    public long? HighestId => _producers.Count == 0 ? null : _producers.Keys.Max();

    /// <summary>Offset of the first record of the earliest open transaction, or null: consumers of committed records stop there.</summary>
    public long? FirstOpenTransactionOffset => _openTransactions.Count == 0 ? null : _openTransactions.Min.FirstOffset;

    /// <summary>Judges a batch and changes nothing.</summary>
    /// <remarks>A producer that is not known may start with any sequence: its state may have expired or been deleted with its records.</remarks>
    /// <param name="batch">A header that <see cref="RecordBatchValidator"/> accepted.</param>
    public ProducerCheck Check(in RecordBatchHeader batch)
    {
        if (!batch.HasProducerId || !_producers.TryGetValue(batch.ProducerId, out Producer? producer))
            return new ProducerCheck(ProducerVerdict.Ok);

        ref readonly ProducerState state = ref producer.State;
        if (batch.ProducerEpoch < state.Epoch)
            return new ProducerCheck(ProducerVerdict.InvalidEpoch);
        if (batch.IsControl)
            return new ProducerCheck(ProducerVerdict.Ok);
        if (batch.ProducerEpoch > state.Epoch)
        {
            return batch.BaseSequence == 0
                ? new ProducerCheck(ProducerVerdict.Ok)
                : new ProducerCheck(ProducerVerdict.OutOfOrder, ExpectedSequence: 0);
        }

        int lastSequence = batch.LastSequence;
        for (int i = state.BatchCount - 1; i >= 0; i--)
        {
            ProducerBatch known = state[i];
            if (known.FirstSequence == batch.BaseSequence && known.LastSequence == lastSequence)
                return new ProducerCheck(ProducerVerdict.Duplicate, known.BaseOffset, known.TimestampMs);
        }

        // A marker may have set the epoch before the first batch: then nothing is remembered and the epoch starts at 0.
        int expected = state.BatchCount == 0 ? 0 : Sequence.Add(state.LastSequence, 1);
        return batch.BaseSequence == expected
            ? new ProducerCheck(ProducerVerdict.Ok)
            : new ProducerCheck(ProducerVerdict.OutOfOrder, ExpectedSequence: expected);
    }

    /// <summary>Judges a batch and, when it may be appended, advances the state as if it were.</summary>
    /// <param name="batch">A header that <see cref="RecordBatchValidator"/> accepted; its own base offset is not used.</param>
    /// <param name="baseOffset">Offset that the batch gets.</param>
    /// <param name="nowMs">Broker's time in milliseconds since 1970; decides about expiry, never the client's timestamps.</param>
    public ProducerCheck Stage(in RecordBatchHeader batch, long baseOffset, long nowMs)
    {
        if (!batch.HasProducerId)
            return new ProducerCheck(ProducerVerdict.Ok);
        if (_staged.Count == 0)
            RemoveExpired(nowMs);
        ProducerCheck check = Check(batch);
        if (check.Verdict == ProducerVerdict.Ok)
            Advance(batch, baseOffset, nowMs);
        return check;
    }

    /// <summary>Keeps what was staged: the log has taken the batches.</summary>
    public void Commit()
    {
        foreach (Undo undo in _staged)
        {
            if (undo.Producer.IsLinked)
                Unlink(undo.Producer);
            Link(undo.Producer);
        }

        _staged.Clear();
        KeepNewest(_options.MaxProducers);
    }

    /// <summary>Forgets what was staged: the log has refused the batches.</summary>
    public void Rollback()
    {
        for (int i = _staged.Count - 1; i >= 0; i--)
        {
            (Producer producer, ProducerState before, bool isNew) = _staged[i];
            if (producer.State.TransactionFirstOffset != before.TransactionFirstOffset)
            {
                CloseTransaction(producer);
                if (before.TransactionFirstOffset >= 0)
                    _openTransactions.Add((before.TransactionFirstOffset, producer.Id));
            }

            producer.State = before;
            if (isNew)
                _producers.Remove(producer.Id);
        }

        _staged.Clear();
    }

    /// <summary>Takes over a batch that is in the log, without judging it: on recovery, after a truncation, on a follower.</summary>
    /// <param name="batch">The batch's header.</param>
    /// <param name="baseOffset">Offset that the batch has.</param>
    /// <param name="nowMs">Broker's time in milliseconds since 1970: of the append, or of the recovery.</param>
    public void Apply(in RecordBatchHeader batch, long baseOffset, long nowMs)
    {
        if (!batch.HasProducerId)
            return;
        RemoveExpired(nowMs);
        Advance(batch, baseOffset, nowMs);
        Commit();
    }

    /// <summary>Forgets producers that have been silent for producer.id.expiration.ms and have no open transaction.</summary>
    /// <returns>How many were forgotten.</returns>
    public int RemoveExpired(long nowMs)
    {
        int removed = 0;
        Producer? candidate = _oldest;
        while (candidate is not null && nowMs - candidate.State.LastAppendMs >= _options.ExpirationMs)
        {
            Producer? next = candidate.Newer;
            if (candidate.State.TransactionFirstOffset < 0)
            {
                Remove(candidate);
                removed++;
            }

            candidate = next;
        }

        return removed;
    }

    /// <summary>Forgets those that have been silent longest, and have no open transaction, until <paramref name="maxProducers"/> are left.</summary>
    internal void KeepNewest(int maxProducers)
    {
        Producer? candidate = _oldest;
        while (_producers.Count > maxProducers && candidate is not null)
        {
            Producer? next = candidate.Newer;
            if (candidate.State.TransactionFirstOffset < 0)
                Remove(candidate);
            candidate = next;
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _producers.Clear();
        _openTransactions.Clear();
        _staged.Clear();
        _oldest = _newest = null;
    }

    private void Advance(in RecordBatchHeader batch, long baseOffset, long nowMs)
    {
        bool isNew = !_producers.TryGetValue(batch.ProducerId, out Producer? producer);
        if (producer is null)
        {
            producer = new Producer(batch.ProducerId) { State = ProducerState.Unknown };
            _producers.Add(batch.ProducerId, producer);
        }

        _staged.Add(new Undo(producer, producer.State, isNew));
        ref ProducerState state = ref producer.State;
        state.Begin(batch.ProducerEpoch);
        state.LastAppendMs = nowMs;
        if (batch.IsControl)
        {
            CloseTransaction(producer);
            state.TransactionFirstOffset = -1;
            return;
        }

        state.Add(new ProducerBatch(batch.BaseSequence, batch.LastSequence, baseOffset, batch.MaxTimestampMs));
        if (batch.IsTransactional && state.TransactionFirstOffset < 0)
        {
            state.TransactionFirstOffset = baseOffset;
            _openTransactions.Add((baseOffset, producer.Id));
        }
    }

    private void CloseTransaction(Producer producer)
    {
        if (producer.State.TransactionFirstOffset >= 0)
            _openTransactions.Remove((producer.State.TransactionFirstOffset, producer.Id));
    }

    private void Remove(Producer producer)
    {
        Unlink(producer);
        _producers.Remove(producer.Id);
    }

    private void Link(Producer producer)
    {
        producer.Older = _newest;
        producer.Newer = null;
        producer.IsLinked = true;
        if (_newest is null)
            _oldest = producer;
        else
            _newest.Newer = producer;
        _newest = producer;
    }

    private void Unlink(Producer producer)
    {
        if (producer.Older is null)
            _oldest = producer.Newer;
        else
            producer.Older.Newer = producer.Newer;
        if (producer.Newer is null)
            _newest = producer.Older;
        else
            producer.Newer.Older = producer.Older;
        producer.Older = producer.Newer = null;
        producer.IsLinked = false;
    }

    private readonly record struct Undo(Producer Producer, ProducerState Before, bool IsNew);

    private sealed class Producer(long id)
    {
        public ProducerState State;

        public long Id { get; } = id;

        public Producer? Older { get; set; }

        public Producer? Newer { get; set; }

        public bool IsLinked { get; set; }
    }
}
