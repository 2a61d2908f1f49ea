using System.Buffers;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.Log.Tests;

public sealed class ProducerStatesTests
{
    private const long NowMs = 1_700_000_000_000;
    private const long Id = 42;

    private readonly ProducerStates _states = new(new ProducerStatesOptions { ExpirationMs = 1000, MaxProducers = 3 });
    private long _endOffset;

    [Fact]
    public void Batches_in_order_are_taken_and_repeated_ones_answered_with_the_first_offset()
    {
        for (int i = 0; i < 5; i++)
            Assert.Equal(ProducerVerdict.Ok, Append(0, i * 10, 10).Verdict);
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(
                new ProducerCheck(ProducerVerdict.Duplicate, i * 10, NowMs - 5),
                _states.Stage(Batch(0, i * 10, 10), 999, NowMs));
        }

        Assert.Equal(ProducerVerdict.Ok, Append(0, 50, 1).Verdict);
        Assert.Equal(ProducerVerdict.OutOfOrder, Append(0, 0, 10).Verdict); // no longer remembered
        Assert.Equal(ProducerVerdict.Duplicate, Append(0, 10, 10).Verdict);
    }

    [Theory]
    [InlineData(11, 5, ProducerVerdict.OutOfOrder)] // a gap
    [InlineData(9, 5, ProducerVerdict.OutOfOrder)] // an overlap
    [InlineData(0, 9, ProducerVerdict.OutOfOrder)] // a part of a batch is no duplicate
    [InlineData(0, 11, ProducerVerdict.OutOfOrder)]
    [InlineData(0, 10, ProducerVerdict.Duplicate)]
    [InlineData(10, 1, ProducerVerdict.Ok)]
    public void What_may_follow_a_batch_of_ten(int sequence, int count, ProducerVerdict expected)
    {
        Append(0, 0, 10);
        ProducerCheck check = Append(0, sequence, count);
        Assert.Equal(expected, check.Verdict);
        Assert.Equal(expected == ProducerVerdict.OutOfOrder ? 10 : -1, check.ExpectedSequence);
    }

    [Fact]
    public void Sequences_wrap_to_0()
    {
        Append(0, int.MaxValue - 1, 2);
        Assert.Equal(ProducerVerdict.OutOfOrder, Append(0, 1, 1).Verdict);
        Assert.Equal(ProducerVerdict.Ok, Append(0, 0, 1).Verdict);
        Assert.Equal(ProducerVerdict.Ok, Append(0, 1, 1).Verdict);
    }

    [Fact]
    public void Sequences_wrap_inside_a_batch()
    {
        Append(0, int.MaxValue - 1, 4); // the largest two, then 0 and 1
        Assert.Equal(ProducerVerdict.Duplicate, Append(0, int.MaxValue - 1, 4).Verdict);
        Assert.Equal(new ProducerCheck(ProducerVerdict.OutOfOrder, ExpectedSequence: 2), Append(0, 3, 1));
        Assert.Equal(ProducerVerdict.Ok, Append(0, 2, 1).Verdict);
    }

    [Fact]
    public void An_unknown_producer_may_start_anywhere()
    {
        Assert.Equal(ProducerVerdict.Ok, Append(3, 12345, 1).Verdict);
        Assert.Equal(ProducerVerdict.Ok, Append(3, 12346, 1).Verdict);
    }

    [Fact]
    public void A_newer_epoch_starts_at_0_and_fences_the_older()
    {
        Append(1, 0, 10);
        Assert.Equal(new ProducerCheck(ProducerVerdict.OutOfOrder, ExpectedSequence: 0), Append(2, 10, 1));
        Assert.Equal(ProducerVerdict.Ok, Append(2, 0, 10).Verdict); // the same sequences as in epoch 1 are no duplicate
        Assert.Equal(ProducerVerdict.InvalidEpoch, Append(1, 10, 1).Verdict);
        Assert.Equal(ProducerVerdict.InvalidEpoch, Append(1, 0, 10).Verdict);
        Assert.Equal(ProducerVerdict.Ok, Append(2, 10, 1).Verdict);
    }

    [Fact]
    public void Batches_without_a_producer_are_none_of_its_business()
    {
        Assert.True(RecordBatchHeader.TryParse(RecordGen.Sample(), out RecordBatchHeader plain));
        Assert.Equal(ProducerVerdict.Ok, _states.Stage(plain, 0, NowMs).Verdict);
        _states.Apply(plain, 0, NowMs);
        Assert.Equal(0, _states.Count);
    }

    [Fact]
    public void Several_batches_of_one_append_are_judged_by_each_other()
    {
        Assert.Equal(ProducerVerdict.Ok, _states.Stage(Batch(0, 0, 5), 0, NowMs).Verdict);
        Assert.Equal(ProducerVerdict.Ok, _states.Stage(Batch(0, 5, 5), 5, NowMs).Verdict);
        Assert.Equal(new ProducerCheck(ProducerVerdict.Duplicate, 0, NowMs - 5), _states.Stage(Batch(0, 0, 5), 10, NowMs));
        Assert.Equal(ProducerVerdict.OutOfOrder, _states.Stage(Batch(0, 11, 5), 10, NowMs).Verdict);
        _states.Rollback();
        Assert.Equal(0, _states.Count);
        Assert.Equal(ProducerVerdict.Ok, _states.Stage(Batch(0, 0, 5), 0, NowMs).Verdict);
        _states.Commit();
        _states.Rollback();
        Assert.Equal(1, _states.Count);
    }

    [Fact]
    public void A_producer_is_forgotten_after_its_time_by_the_brokers_clock()
    {
        Append(0, 0, 1);
        Assert.Equal(0, _states.RemoveExpired(NowMs + 999));
        Assert.Equal(ProducerVerdict.OutOfOrder, _states.Stage(Batch(0, 7, 1), 1, NowMs + 999).Verdict);
        Assert.Equal(ProducerVerdict.Ok, _states.Stage(Batch(0, 7, 1), 1, NowMs + 1000).Verdict);
    }

    /// <summary>What is only told of batches, for checkpoints, forgets as what judges them does.</summary>
    [Fact]
    public void A_batch_that_is_taken_over_forgets_who_is_due()
    {
        _states.Apply(Batch(0, 0, 1, 1), 0, NowMs);
        _states.Apply(Batch(0, 0, 1, 2), 1, NowMs + 999);
        Assert.Equal(2, _states.Count);
        _states.Apply(Batch(0, 1, 1, 2), 2, NowMs + 1000);
        Assert.Equal(1, _states.Count);
    }

    [Fact]
    public void The_one_that_has_been_silent_longest_goes_first()
    {
        for (int id = 1; id <= 3; id++)
            Append(0, 0, 1, id, NowMs + id);
        Append(0, 1, 1, 1, NowMs + 4);
        Append(0, 0, 1, 4, NowMs + 5);
        Assert.Equal(3, _states.Count);
        Assert.Equal(ProducerVerdict.OutOfOrder, _states.Check(Batch(0, 9, 1, 1)).Verdict);
        Assert.Equal(ProducerVerdict.Ok, _states.Check(Batch(0, 9, 1, 2)).Verdict); // forgotten
        Assert.Equal(ProducerVerdict.OutOfOrder, _states.Check(Batch(0, 9, 1, 3)).Verdict);
    }

    [Fact]
    public void Open_transactions_say_where_committed_records_end_and_keep_their_producer()
    {
        Assert.Null(_states.FirstOpenTransactionOffset);
        _states.Apply(Batch(0, 0, 1, 1, transactional: true), 10, NowMs);
        _states.Apply(Batch(0, 0, 1, 2, transactional: true), 11, NowMs);
        _states.Apply(Batch(0, 1, 1, 1, transactional: true), 12, NowMs);
        Assert.Equal(10, _states.FirstOpenTransactionOffset);
        Assert.Equal(0, _states.RemoveExpired(NowMs + 5000));

        Assert.Equal(ProducerVerdict.Ok, _states.Stage(Marker(1, 0), 13, NowMs).Verdict);
        Assert.Equal(11, _states.FirstOpenTransactionOffset);
        _states.Rollback();
        Assert.Equal(10, _states.FirstOpenTransactionOffset);

        _states.Apply(Marker(1, 0), 13, NowMs);
        Assert.Equal(11, _states.FirstOpenTransactionOffset);
        _states.Apply(Marker(2, 1), 14, NowMs); // the coordinator raised the epoch: it fences whoever comes late
        Assert.Null(_states.FirstOpenTransactionOffset);
        Assert.Equal(ProducerVerdict.InvalidEpoch, _states.Check(Batch(0, 1, 1, 2)).Verdict);
        Assert.Equal(ProducerVerdict.OutOfOrder, _states.Check(Batch(1, 1, 1, 2)).Verdict);
        Assert.Equal(ProducerVerdict.Ok, _states.Check(Batch(1, 0, 1, 2)).Verdict);
        Assert.Equal(ProducerVerdict.Ok, _states.Check(Batch(0, 2, 1, 1)).Verdict);
    }

    [Fact]
    public void A_rolled_back_transaction_was_never_open()
    {
        Assert.Equal(ProducerVerdict.Ok, _states.Stage(Batch(0, 0, 1, 1, transactional: true), 10, NowMs).Verdict);
        Assert.Equal(10, _states.FirstOpenTransactionOffset);
        _states.Rollback();
        Assert.Null(_states.FirstOpenTransactionOffset);
    }

    [Fact]
    public void It_judges_as_an_unbounded_memory_of_all_batches_does()
        => Prop.ForAll(
            Steps.ToArbitrary(),
            steps =>
            {
                var states = new ProducerStates(new ProducerStatesOptions());
                var model = new ProducerModel();
                var staged = new List<ProducerModel>();
                long offset = 0, committedOffset = 0;
                foreach ((int id, int epochStep, int sequenceStep, int count, int end) in steps)
                {
                    (short epoch, int next) = model.Next(id);
                    int sequence = sequenceStep <= 0 ? model.Recent(id, -sequenceStep, next) : next + 1;
                    RecordBatchHeader batch = Batch((short)Math.Max(0, epoch + (end == 7 ? epochStep : 0)), epochStep == 1 && end == 7 ? 0 : Math.Max(0, sequence), count, id);
                    if (staged.Count == 0)
                        staged.Add(model.Copy());
                    ProducerCheck expected = model.Judge(batch, offset);
                    ProducerCheck actual = states.Stage(batch, offset, NowMs);
                    Assert.Equal((expected.Verdict, expected.BaseOffset), (actual.Verdict, actual.BaseOffset));
                    if (actual.Verdict == ProducerVerdict.Ok)
                        offset += count;
                    if (end == 9)
                    {
                        states.Rollback();
                        model = staged[0];
                        offset = committedOffset;
                        staged.Clear();
                    }
                    else if (end < 7)
                    {
                        states.Commit();
                        committedOffset = offset;
                        staged.Clear();
                    }
                }

                return true;
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void A_snapshot_reads_back_and_goes_on()
    {
        Append(0, 0, 10);
        Append(0, 10, 1);
        Append(2, 5, 3, 7, NowMs + 1);
        _states.Apply(Batch(0, 0, 1, 9, transactional: true), 99, NowMs + 2);
        byte[] bytes = Snapshot(_states, 100);
        Assert.True(ProducerStates.TryReadSnapshot(bytes, new ProducerStatesOptions(), out ProducerStates read, out long endOffset));
        Assert.Equal(100, endOffset);
        Assert.Equal(3, read.Count);
        Assert.Equal(99, read.FirstOpenTransactionOffset);
        Assert.Equal(bytes, Snapshot(read, 100));
        Assert.Equal(new ProducerCheck(ProducerVerdict.Duplicate, 0, NowMs - 5), read.Check(Batch(0, 0, 10)));
        Assert.Equal(ProducerVerdict.Ok, read.Check(Batch(0, 11, 1)).Verdict);
        Assert.Equal(ProducerVerdict.InvalidEpoch, read.Check(Batch(1, 8, 1, 7)).Verdict);
    }

    [Fact]
    public void The_snapshot_form_is_frozen()
    {
        _states.Apply(Batch(3, 5, 10), 1000, NowMs);
        _states.Apply(Batch(0, 0, 2, 7, transactional: true), 1010, NowMs + 1);
        string expected =
            "0001" + "00000000000003F4" + "00000002"
            + "000000000000002A" + "0003" + "FFFFFFFF" + "0000018BCFE56800" + "FFFFFFFFFFFFFFFF" + "01" + "00000005" + "0000000E" + "00000000000003E8" + "0000018BCFE567FB"
            + "0000000000000007" + "0000" + "FFFFFFFF" + "0000018BCFE56801" + "00000000000003F2" + "01" + "00000000" + "00000001" + "00000000000003F2" + "0000018BCFE567FB"
            + "4306773B";
        Assert.Equal(expected, Convert.ToHexString(Snapshot(_states, 1012)));
    }

    [Fact]
    public void A_damaged_or_cut_snapshot_is_refused()
    {
        Append(0, 0, 10);
        Append(0, 0, 1, 8);
        byte[] bytes = Snapshot(_states, 11);
        var options = new ProducerStatesOptions();
        for (int at = 0; at < bytes.Length; at++)
        {
            Assert.False(ProducerStates.TryReadSnapshot(bytes.AsSpan(0, at), options, out _, out _));
            bytes[at] ^= 0x04;
            Assert.False(ProducerStates.TryReadSnapshot(bytes, options, out _, out _));
            bytes[at] ^= 0x04;
        }

        Assert.True(ProducerStates.TryReadSnapshot(bytes, options, out _, out _));
    }

    [Theory]
    [InlineData(10, 0x7F)] // more producers than bytes
    [InlineData(13, 0x01)] // one producer less than bytes
    [InlineData(14 + 30, 0x06)] // more batches than are ever kept
    public void A_snapshot_that_contradicts_itself_is_refused(int at, byte value)
    {
        Append(0, 0, 10);
        Append(0, 0, 1, 8);
        byte[] bytes = Snapshot(_states, 11);
        Assert.NotEqual(value, bytes[at]);
        bytes[at] = value;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(bytes.Length - 4), Crc32C.Compute(bytes.AsSpan(0, bytes.Length - 4)));
        Assert.False(ProducerStates.TryReadSnapshot(bytes, new ProducerStatesOptions(), out _, out _));
    }

    [Fact]
    public void A_snapshot_of_staged_batches_is_a_mistake()
    {
        _states.Stage(Batch(0, 0, 1), 0, NowMs);
        Assert.Throws<InvalidOperationException>(() => _states.WriteSnapshot(new ArrayBufferWriter<byte>(), 1));
    }

    private static Gen<(int Id, int EpochStep, int SequenceStep, int Count, int End)[]> Steps =>
        (from id in Gen.Choose(0, 2)
         from epochStep in Gen.Choose(-1, 1)
         from sequenceStep in Gen.Frequency((4, Gen.Constant(0)), (2, Gen.Choose(-8, -1)), (1, Gen.Constant(1)))
         from count in Gen.Choose(1, 3)
         from end in Gen.Choose(0, 9)
         select (id, epochStep, sequenceStep, count, end)).ArrayOf(60);

    private static byte[] Snapshot(ProducerStates states, long endOffset)
    {
        var output = new ArrayBufferWriter<byte>();
        states.WriteSnapshot(output, endOffset);
        return output.WrittenSpan.ToArray();
    }

    private static RecordBatchHeader Batch(short epoch, int sequence, int count, long id = Id, bool transactional = false) => new()
    {
        ProducerId = id,
        ProducerEpoch = epoch,
        BaseSequence = sequence,
        LastOffsetDelta = count - 1,
        RecordCount = count,
        MaxTimestampMs = NowMs - 5,
        Attributes = transactional ? RecordBatch.TransactionalMask : (short)0,
    };

    private static RecordBatchHeader Marker(long id, short epoch) => new()
    {
        ProducerId = id,
        ProducerEpoch = epoch,
        BaseSequence = RecordBatch.NoSequence,
        RecordCount = 1,
        Attributes = RecordBatch.TransactionalMask | RecordBatch.ControlMask,
    };

    private ProducerCheck Append(short epoch, int sequence, int count, long id = Id, long nowMs = NowMs)
    {
        ProducerCheck check = _states.Stage(Batch(epoch, sequence, count, id), _endOffset, nowMs);
        _states.Commit();
        if (check.Verdict == ProducerVerdict.Ok)
            _endOffset += count;
        return check;
    }
}
