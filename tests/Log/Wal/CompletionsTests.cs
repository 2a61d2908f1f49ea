using Actors.Log.Tests.Support;

namespace Actors.Log.Tests.Wal;

/// <summary>The segment writer may be ahead of who tells that a flush is durable.</summary>
public sealed class CompletionsTests
{
    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(50)]
    public void A_flush_that_a_truncation_has_overtaken_does_not_bring_its_end_back(long resetTo)
    {
        using var rig = new StoreRig();
        PartitionLog log = rig.Create();
        rig.Append(log);
        rig.Observer.Signals.Clear();
        for (int i = 0; i < 3; i++)
            TestLog.MustAppend(log, TestLog.Batch(1, 20_000));
        Task truncated = resetTo < 0 ? log.TruncateAsync(1) : log.ResetAsync(resetTo);

        // More than one flush waits, so that none of them is told by the thread that writes them.
        Assert.True(rig.Store.PumpFlush());
        Assert.False(rig.Store.PumpCompletion() && rig.Store.PumpCompletion(), "One flush is told at most.");
        while (rig.Store.PumpFlush())
        {
        }

        while (rig.Store.PumpSegments(everything: true))
        {
        }

        long end = resetTo < 0 ? 1 : resetTo;
        Assert.Equal((end, end), (log.EndOffset, log.DurableEndOffset));
        int told = rig.Observer.Signals.Count;
        while (rig.Store.PumpCompletion())
        {
        }

        Assert.Equal((end, end), (log.EndOffset, log.DurableEndOffset));
        Assert.Equal(told, rig.Observer.Signals.Count);
        rig.Run(truncated);
        rig.Append(log);
        Assert.Equal((end + 1, end + 1), (log.EndOffset, log.DurableEndOffset));
        Assert.Equal(end + 1, rig.Observer.Signals[^1]);
    }

    /// <summary>The start moves to 30, then the log is cut to 10; the segment writer does both before anybody tells that the first is durable.</summary>
    [Fact]
    public void A_start_that_a_truncation_has_overtaken_does_not_come_back()
    {
        using var rig = new StoreRig();
        PartitionLog other = rig.Create(topic: "other");
        PartitionLog log = rig.Create();
        rig.Append(log, times: 40);
        Task moved = log.SetStartOffsetAsync(30);
        Task truncated = log.TruncateAsync(10);
        for (int i = 0; i < 3; i++)
            TestLog.MustAppend(other, TestLog.Batch(1, 20_000));
        while (rig.Store.PumpFlush())
        {
        }

        while (rig.Store.PumpSegments(everything: true))
        {
        }

        Assert.False(moved.IsCompleted);
        Assert.Equal((10, 10), (log.StartOffset, log.EndOffset));
        rig.Run(Task.WhenAll(moved, truncated));
        Assert.Equal((10, 10, 10), (log.StartOffset, log.DurableEndOffset, log.EndOffset));
        rig.Append(log);
        Assert.Equal((10, 11), (log.StartOffset, log.EndOffset));
    }

    /// <summary>An epoch is seen behind a truncation, and told of before the segment writer carries the truncation out.</summary>
    [Fact]
    public void An_epoch_that_was_seen_is_not_forgotten_by_a_truncation_before_it()
    {
        using var rig = new StoreRig();
        PartitionLog log = rig.Create();
        rig.Append(log, times: 3);
        Task truncated = log.TruncateAsync(1);
        Task seen = log.SeeEpochAsync(9);
        rig.Sync();
        Assert.Equal(9, log.SeenEpoch);
        rig.Run(Task.WhenAll(truncated, seen));
        Assert.Equal((9, 1), (log.SeenEpoch, log.EndOffset));
    }

    /// <summary>The order that must hold: written, synced, told.</summary>
    [Fact]
    public void Nothing_is_told_before_its_sync_has_returned()
    {
        using var rig = new StoreRig();
        PartitionLog log = rig.Create();
        var steps = new List<string>();
        rig.Files.Before = operation =>
        {
            if (operation.Path.Contains("/wal-"))
                steps.Add($"{operation.Kind} {log.DurableEndOffset} {rig.Observer.Signals.Count}");
        };
        rig.Append(log, times: 2);
        Assert.Equal(["Write 0 0", "Sync 0 0", "Write 1 1", "Sync 1 1"], steps);
    }
}
