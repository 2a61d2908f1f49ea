using Actors.Grains.Tests.Support;
using Actors.Kafka;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.Grains.Tests.Partitions;

/// <summary>Whatever producers send, in whatever order: offsets are contiguous, nothing is stored twice, and answers say where it is.</summary>
public sealed class ReplicaPropertyTests
{
    private const int Producers = 3;

    [Fact]
    public void Any_sequence_of_appends_leaves_a_log_that_agrees_with_its_answers()
    {
        var step = from producer in Gen.Choose(-1, Producers - 1)
                   from kind in Gen.Choose(0, 9)
                   from records in Gen.Choose(1, 4)
                   from acks in Gen.Elements<short>(-1, 1)
                   select new Step(producer, kind, records, acks);
        Prop.ForAll(step.ListOf().ToArbitrary(), steps => RunAsync([.. steps]).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(40));
    }

    private static async Task RunAsync(List<Step> steps)
    {
        await using var rig = await ReplicaRig.StartAsync();
        var next = new int[Producers];
        var last = new byte[Producers][];
        var lastOffset = new long[Producers];
        var endOffset = 0L;
        foreach (var step in steps)
        {
            var isDuplicate = step.Producer >= 0 && step.Kind == 0 && last[step.Producer] is not null;
            var isGap = step.Producer >= 0 && step.Kind == 1 && next[step.Producer] > 0;
            var batch = isDuplicate
                ? last[step.Producer]
                : TestBatch.Of(step.Records, step.Producer, (short)(step.Producer < 0 ? -1 : 0), step.Producer < 0 ? -1 : next[step.Producer] + (isGap ? 5 : 0));

            var append = await rig.AppendAsync(batch, step.Acks);

            if (isGap)
            {
                Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, append.Error);
            }
            else if (isDuplicate)
            {
                Assert.Equal((ErrorCode.None, lastOffset[step.Producer]), (append.Error, append.BaseOffset));
            }
            else
            {
                Assert.Equal((ErrorCode.None, endOffset), (append.Error, append.BaseOffset));
                endOffset += step.Records;
                if (step.Producer >= 0)
                    (last[step.Producer], lastOffset[step.Producer], next[step.Producer]) = (batch, append.BaseOffset, next[step.Producer] + step.Records);
            }
        }

        await TestGuard.UntilAsync(() => rig.Replica.HighWatermark == endOffset, "everything is acknowledged");
        var expected = 0L;
        foreach (var header in endOffset == 0 ? [] : TestBatch.HeadersOf(rig.ReadAll()))
        {
            Assert.Equal(expected, header.BaseOffset);
            expected = header.NextOffset;
        }

        Assert.Equal(endOffset, expected);
    }

    private sealed record Step(int Producer, int Kind, int Records, short Acks);
}
