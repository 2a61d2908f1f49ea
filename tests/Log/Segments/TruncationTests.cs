using Actors.Log.Tests.Support;

namespace Actors.Log.Tests.Segments;

/// <summary>What goes with the records that a truncation takes away.</summary>
public sealed class TruncationTests : IDisposable
{
    private static readonly LogConfig Small = new() { SegmentBytes = 1_024 };

    private readonly StoreRig _rig = new();

    public void Dispose() => _rig.Dispose();

    /// <summary>An epoch that begins above the end would tell a follower that records of it are here.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Epochs_that_begin_above_the_end_go(bool restarts)
    {
        PartitionLog log = CreateWithEpochs();
        _rig.Run(log.TruncateAsync(4));
        Reopen(ref log, restarts);
        Assert.Equal([new EpochStart(1, 0), new EpochStart(2, 3)], log.Epochs.Entries);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_log_that_has_been_emptied_has_no_epochs(bool restarts)
    {
        PartitionLog log = CreateWithEpochs();
        _rig.Run(log.ResetAsync(20));
        Reopen(ref log, restarts);
        Assert.Empty(log.Epochs.Entries);
        Assert.Equal((20, 20), (log.StartOffset, log.EndOffset));
    }

    [Fact]
    public void The_disk_gets_its_space_back()
    {
        PartitionLog log = _rig.Create(Small);
        _rig.Append(log, times: 20);
        _rig.WriteSegments();
        long kept = log.Segments[1].BaseOffset + 2;
        _rig.Run(log.TruncateAsync(kept));
        long bytes = SegmentFiles().Sum(path => _rig.Files.TryGetLength(path, out long length) ? length : 0);
        Assert.Equal(kept * TestLog.Batch(1, 100).Length, bytes);
    }

    /// <summary>The removal of a segment's name had not reached the disk; no record that is replayed makes the segment again.</summary>
    [Fact]
    public void A_segment_that_a_loss_of_power_brings_back_goes_again()
    {
        PartitionLog log = _rig.Create(Small);
        _rig.Append(log, times: 3);
        _rig.Checkpoint();
        _rig.Append(log, times: 17);
        _rig.WriteSegments();
        string last = SegmentFiles()[^1];
        _rig.Run(log.TruncateAsync(5));
        Assert.DoesNotContain(last, SegmentFiles());
        _rig.Kill();
        _rig.Files.Open(last, FileOpening.Create).Dispose();
        _rig.Restart();
        Assert.Empty(_rig.Store.Damage);
        Assert.Equal(5, _rig.OpenLog(log.Description.Id, Small).EndOffset);
        Assert.DoesNotContain(last, SegmentFiles());
    }

    private string[] SegmentFiles() =>
        [.. _rig.Files.ListFiles(_rig.LogFolder).Where(f => f.EndsWith(".log", StringComparison.Ordinal)).Select(f => $"{_rig.LogFolder}/{f}")];

    private PartitionLog CreateWithEpochs()
    {
        PartitionLog log = _rig.Create();
        for (int epoch = 1; epoch <= 3; epoch++)
        {
            Assert.Equal(AppendRefusal.None, log.StartEpoch(epoch));
            _rig.Append(log, times: 3);
        }

        return log;
    }

    private void Reopen(ref PartitionLog log, bool restarts)
    {
        if (!restarts)
            return;
        _rig.Checkpoint();
        _rig.Restart();
        log = _rig.OpenLog(log.Description.Id);
    }
}
