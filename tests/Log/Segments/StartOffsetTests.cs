using Actors.Log.Tests.Faults;
using Actors.Log.Tests.Support;

namespace Actors.Log.Tests.Segments;

/// <summary>Where a log starts, what goes with the records below, and what stays.</summary>
public sealed class StartOffsetTests : IDisposable
{
    private static readonly LogConfig Small = new() { SegmentBytes = 1_024 };

    private readonly StoreRig _rig = new();

    public void Dispose() => _rig.Dispose();

    /// <summary>A truncation to the log's start leaves an open segment that lies wholly below it: the next append goes there.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_segment_that_appends_go_to_is_not_unlinked(bool restarts)
    {
        PartitionLog log = _rig.Create(Small);
        _rig.Append(log, times: 20);
        _rig.WriteSegments();
        long open = log.Segments[1].BaseOffset;
        long start = open + 2;
        _rig.Run(log.SetStartOffsetAsync(start));
        _rig.Run(log.TruncateAsync(start));
        Assert.Equal((start, start), (log.StartOffset, log.EndOffset));
        _rig.Checkpoint();
        if (restarts)
        {
            _rig.Restart();
            log = _rig.OpenLog(log.Description.Id, Small);
        }

        _rig.WriteSegments();
        Assert.Equal(open, Assert.Single(log.Segments).BaseOffset);
        _rig.Append(log, times: 8);
        _rig.Checkpoint();
        byte[] expected = TestLog.ReadAll(log);
        Assert.Equal(8 * TestLog.Batch(1, 100).Length, expected.Length);
        _rig.Restart();
        Assert.Empty(_rig.Store.Damage);
        Assert.Equal(expected, TestLog.ReadAll(_rig.OpenLog(log.Description.Id, Small)));
    }

    /// <summary>The checkpoint speaks of a log that starts where the other one, which has taken its place meanwhile, has its records.</summary>
    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 10)]
    [InlineData(false, 10)]
    public async Task A_checkpoint_takes_nothing_of_a_log_that_was_cut_below_its_start_since(bool isReset, long target)
    {
        PartitionLog log = _rig.Create(Small);
        _rig.Append(log, times: 40);
        _rig.WriteSegments();
        _rig.Run(log.SetStartOffsetAsync(35));
        Task checkpoint = _rig.Store.CheckpointAsync(CancellationToken.None);
        Assert.True(_rig.Store.PumpCheckpoint());
        _rig.WriteSegments();
        Task cut = isReset ? log.ResetAsync(target) : log.TruncateAsync(target);
        _rig.WriteSegments();
        await cut.WaitAsync(TestLog.Guard);
        Assert.Equal((target, target), (log.StartOffset, log.EndOffset));
        _rig.Append(log, times: 20);
        _rig.WriteSegments();
        Assert.InRange(log.Segments.Count(segment => segment.BaseOffset < 35), 3, 20);
        byte[] expected = TestLog.ReadAll(log);
        Assert.False(checkpoint.IsCompleted);

        _rig.Run(checkpoint);
        _rig.WriteSegments();
        Assert.Equal(expected, TestLog.ReadAll(log));
        _rig.Restart();
        Assert.Empty(_rig.Store.Damage);
        Assert.Equal(expected, TestLog.ReadAll(_rig.OpenLog(log.Description.Id, Small)));
    }

    [Fact]
    public void The_owners_epochs_begin_where_the_log_begins()
    {
        PartitionLog log = _rig.Create();
        for (int epoch = 1; epoch <= 3; epoch++)
        {
            Assert.Equal(AppendRefusal.None, log.StartEpoch(epoch));
            _rig.Append(log, times: 3);
        }

        EpochStart[] expected = [new(2, 4), new(3, 6)];
        _rig.Run(log.SetStartOffsetAsync(4));
        Assert.Equal(expected, log.Epochs.Entries);
        _rig.Restart();
        Assert.Equal(expected, _rig.OpenLog(log.Description.Id).Epochs.Entries);
    }

    /// <summary>Nothing is written any more, but what is below the start goes all the same.</summary>
    [Fact]
    public async Task Segments_below_the_start_are_unlinked_though_the_log_is_idle()
    {
        var files = new SimulatedFileSystem();
        await using LogStore store = TestLog.Open(files, TestLog.SmallOptions());
        var observer = new RecordingObserver();
        PartitionLog log = store.Open(await TestLog.CreateAsync(store), Small, observer);
        for (int i = 0; i < 20; i++)
            TestLog.MustAppend(log, TestLog.Batch(1, 100));
        await observer.WaitAsync(20);
        await store.CheckpointAsync(CancellationToken.None).WaitAsync(TestLog.Guard);
        string first = Path.GetFileName(files.ListFiles($"/data/logs/{files.ListDirectories("/data/logs")[0]}").First(f => f.EndsWith(".log", StringComparison.Ordinal)));
        var unlinked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        files.Before = operation =>
        {
            if (operation.Kind == FileOperationKind.Delete && operation.Path.EndsWith(first, StringComparison.Ordinal))
                unlinked.TrySetResult();
        };
        await log.SetStartOffsetAsync(15).WaitAsync(TestLog.Guard);
        await store.CheckpointAsync(CancellationToken.None).WaitAsync(TestLog.Guard);
        await unlinked.Task.WaitAsync(TestLog.Guard);
    }

    /// <summary>Recovery makes the segments that there were, so that what is removed by the segment is the same; appends go on in the last one.</summary>
    [Fact]
    public void A_replayed_log_has_the_segments_that_it_had()
    {
        PartitionLog log = _rig.Create(Small);
        _rig.Append(log, times: 20);
        _rig.WriteSegments();
        long[] expected = [.. log.Segments.Select(s => s.BaseOffset)];
        Assert.InRange(expected.Length, 3, 20);
        _rig.Restart();
        log = _rig.OpenLog(log.Description.Id, Small);
        Assert.Equal(expected, log.Segments.Select(s => s.BaseOffset));
        Assert.InRange(log.Segments[^1].Bytes, 1, Small.SegmentBytes - TestLog.Batch(1, 100).Length);
        _rig.Append(log);
        _rig.WriteSegments();
        Assert.Equal(expected, log.Segments.Select(s => s.BaseOffset));
    }
}
