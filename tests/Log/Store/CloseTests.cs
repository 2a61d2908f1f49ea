using Actors.Log.Tests.Faults;
using Actors.Log.Tests.Support;

namespace Actors.Log.Tests.Store;

/// <summary>The end of a store: nobody is left waiting, and what was taken is told as durable or as not.</summary>
public sealed class CloseTests
{
    [Fact]
    public async Task Closing_in_the_middle_of_appends_answers_each_of_them()
    {
        for (int round = 0; round < 20; round++)
        {
            var files = new SimulatedFileSystem();
            LogOptions options = TestLog.SmallOptions();
            LogStore store = TestLog.Open(files, options);
            LogId id = await TestLog.CreateAsync(store);
            var observer = new RecordingObserver();
            PartitionLog log = store.Open(id, LogConfig.Default, observer);
            var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Task appending = Task.Run(async () =>
            {
                AppendRefusal refusal;
                do
                {
                    refusal = TestLog.TryAppend(log, TestLog.Batch(1, 300));
                    if (log.EndOffset == 20)
                        begun.TrySetResult();
                    if (refusal == AppendRefusal.Busy)
                        await store.WaitForRoomAsync(CancellationToken.None);
                }
                while (refusal != AppendRefusal.Closed);
            });
            await begun.Task.WaitAsync(TestLog.Guard);
            await store.DisposeAsync().AsTask().WaitAsync(TestLog.Guard);
            await appending.WaitAsync(TestLog.Guard);

            Assert.Equal(log.EndOffset, log.DurableEndOffset);
            Assert.Equal(log.EndOffset, observer.Durable);
            await using LogStore again = TestLog.Open(files.AfterPowerLoss(new WorstLuck()), options);
            Assert.Equal(0, again.ReplayedBytes);
            using PartitionLog reopened = again.Open(id, LogConfig.Default, new RecordingObserver());
            Assert.Equal(log.EndOffset, reopened.EndOffset);
        }
    }

    /// <summary>A disk that does not answer: closing gives up after a while, and so does everybody else.</summary>
    [Fact]
    public async Task Closing_while_the_disk_hangs_fails_those_who_wait()
    {
        var files = new SimulatedFileSystem();
        var time = new FixedTime(1_000);
        LogStore store = TestLog.Open(files, TestLog.SmallOptions(), time: time);
        LogId id = await TestLog.CreateAsync(store);
        var observer = new RecordingObserver();
        PartitionLog log = store.Open(id, LogConfig.Default, observer);
        using var gate = new ManualResetEventSlim();
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        files.Before = operation =>
        {
            if (operation.Kind != FileOperationKind.Sync)
                return;
            reached.TrySetResult();
            gate.Wait();
        };
        TestLog.MustAppend(log, TestLog.Batch(1, 10));
        await reached.Task.WaitAsync(TestLog.Guard);
        Task seeing = log.SeeEpochAsync(3);
        Task checkpoint = store.CheckpointAsync(CancellationToken.None);
        Task closing = store.DisposeAsync().AsTask();
        Assert.True(SpinWait.SpinUntil(() => time.Armed > 0, TestLog.Guard));
        Task advancing = Task.Run(() => time.Advance(TimeSpan.FromSeconds(6)));
        Assert.False(seeing.IsCompleted);
        gate.Set();
        await advancing.WaitAsync(TestLog.Guard);
        await closing.WaitAsync(TestLog.Guard);
        await Task.WhenAny(seeing).WaitAsync(TestLog.Guard);
        await Task.WhenAny(checkpoint).WaitAsync(TestLog.Guard);
    }

    [Fact]
    public async Task A_closed_store_opens_no_files_and_takes_nothing()
    {
        using var folder = new TemporaryFolder();
        LogStore store = TestLog.Open(LinuxFileSystem.Instance, TestLog.SmallOptions(folder.Path));
        LogId id = await TestLog.CreateAsync(store);
        PartitionLog log = store.Open(id, LogConfig.Default, new RecordingObserver());
        TestLog.MustAppend(log, TestLog.Batch(1, 10));
        await store.DisposeAsync();
        await store.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => log.Read(0, long.MaxValue, 100, atLeastOneBatch: true));
        Assert.Equal(AppendRefusal.Closed, TestLog.TryAppend(log, TestLog.Batch(1, 10)));
        Assert.Equal(AppendRefusal.Closed, (await Assert.ThrowsAsync<LogRefusedException>(() => TestLog.CreateAsync(store))).Refusal);
    }
}
