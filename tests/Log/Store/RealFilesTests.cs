using Actors.Log.Tests.Support;

namespace Actors.Log.Tests.Store;

/// <summary>The whole store on the running system's files, with its threads.</summary>
public sealed class RealFilesTests
{
    [Fact]
    public async Task What_was_appended_is_read_from_memory_from_segments_and_after_a_restart()
    {
        using var folder = new TemporaryFolder();
        LogOptions options = TestLog.SmallOptions(folder.Path);
        var expected = new MemoryStream();
        LogId id;
        await using (LogStore store = TestLog.Open(LinuxFileSystem.Instance, options))
        {
            id = await TestLog.CreateAsync(store);
            var observer = new RecordingObserver();
            using PartitionLog log = store.Open(id, new LogConfig { SegmentBytes = 40_000 }, observer);
            for (int i = 0; i < 2_000; i++)
            {
                byte[] batch = TestLog.Batch(1 + (i % 3), 100 + (i % 50), fill: (byte)i);
                expected.Write(TestLog.Stored(batch, log.EndOffset, 3));
                while (log.Append([TestLog.Append(batch, log.EndOffset)], 3) == AppendRefusal.Busy)
                    await store.WaitForRoomAsync(CancellationToken.None).WaitAsync(TestLog.Guard);
            }

            await observer.WaitAsync(log.EndOffset);
            Assert.Equal(log.EndOffset, log.DurableEndOffset);
            Assert.Equal(expected.ToArray(), TestLog.ReadAll(log));
            Assert.True(log.Segments.Count > 3);
        }

        await using (LogStore store = TestLog.Open(LinuxFileSystem.Instance, options))
        {
            Assert.Equal(0, store.ReplayedBytes);
            Assert.Empty(store.Damage);
            using PartitionLog log = store.Open(id, LogConfig.Default, new RecordingObserver());
            Assert.Equal(expected.ToArray(), TestLog.ReadAll(log));
            Assert.Equal(3, log.Epochs.LatestEpoch);
        }
    }

    [Fact]
    public async Task A_store_that_was_left_is_replayed()
    {
        using var folder = new TemporaryFolder();
        LogOptions options = TestLog.SmallOptions(folder.Path) with { CheckpointBytes = 512 * TestLog.KiB };
        LogStore store = TestLog.Open(LinuxFileSystem.Instance, options);
        LogId id = await TestLog.CreateAsync(store);
        var observer = new RecordingObserver();
        PartitionLog log = store.Open(id, LogConfig.Default, observer);
        var expected = new MemoryStream();
        for (int i = 0; i < 500; i++)
        {
            byte[] batch = TestLog.Batch(1, 200, fill: (byte)i);
            expected.Write(TestLog.Stored(batch, i, 0));
            while (log.Append([TestLog.Append(batch, i)], 0) == AppendRefusal.Busy)
                await store.WaitForRoomAsync(CancellationToken.None).WaitAsync(TestLog.Guard);
        }

        await observer.WaitAsync(500);
        store.Abandon();

        await using LogStore again = TestLog.Open(LinuxFileSystem.Instance, options);
        Assert.True(again.ReplayedBytes > 0);
        using PartitionLog reopened = again.Open(id, LogConfig.Default, new RecordingObserver());
        Assert.Equal(500, reopened.EndOffset);
        Assert.Equal(expected.ToArray(), TestLog.ReadAll(reopened));
    }
}
