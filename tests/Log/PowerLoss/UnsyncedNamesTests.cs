using Actors.Log.Tests.Faults;
using Actors.Log.Tests.Support;

namespace Actors.Log.Tests.PowerLoss;

/// <summary>
/// A process is killed in the middle of making files; the next one finds them there, though no sync covers their names; then the
/// power goes. Whatever was acknowledged in between must survive.
/// </summary>
public sealed class UnsyncedNamesTests
{
    [Fact]
    public void A_start_that_was_killed_at_any_change_leaves_nothing_that_a_loss_of_power_can_take()
    {
        for (int killedAt = 1; ; killedAt++)
        {
            var files = new SimulatedFileSystem();
            files.CutPowerAfter(killedAt);
            bool isKilled = false;
            try
            {
                using var first = new StoreRig(files: files);
                first.Append(first.Create());
            }
            catch (Exception e) when (e is PowerLostException or LogFailedException or Xunit.Sdk.XunitException)
            {
                isKilled = files.IsPowerLost;
                Assert.True(isKilled, e.ToString());
            }

            SurvivesLossOfPower(files.AfterKill(), $"killed at change {killedAt}");
            if (!isKilled)
                return;
        }
    }

    [Fact]
    public void A_checkpoint_that_found_no_space_at_first_survives_when_it_is_made()
    {
        using var rig = new StoreRig();
        PartitionLog log = rig.Create();
        rig.Append(log, times: 3);
        byte[] expected = TestLog.ReadAll(log);
        new Fault(FileOperationKind.Write, "/checkpoint-").Begin(rig.Files, path => new NoSpaceException(path));
        Task checkpoint = rig.Store.CheckpointAsync(CancellationToken.None);
        rig.Store.PumpAll();
        rig.Files.Before = null;
        rig.Time.Advance(rig.Options.DiskFullRecheck);
        rig.Run(checkpoint);
        rig.LosePower();
        Assert.Equal(0, rig.Store.ReplayedBytes);
        Assert.Equal(expected, TestLog.ReadAll(rig.OpenLog(log.Description.Id)));
    }

    /// <summary>A killed process leaves its last checkpoint in the page cache; the next one uses again the write-ahead files that it frees.</summary>
    [Theory]
    [InlineData(FileOperationKind.Sync, "/data/checkpoint-0")]
    [InlineData(FileOperationKind.SyncDirectory, "/data")]
    public void A_checkpoint_that_was_found_is_durable_before_the_files_it_frees_are_used(FileOperationKind killedAt, string path)
    {
        using var rig = new StoreRig();
        PartitionLog log = rig.Create();
        LogId id = log.Description.Id;
        rig.Append(log, valueBytes: 1_000, times: 36);
        string first = WalBytes.Newest(rig.Files, rig.WalDirectory).Path;
        rig.Files.Before = operation =>
        {
            if (operation.Kind == killedAt && operation.Path == path)
                rig.Files.CutPowerAfter(0);
        };
        Task checkpoint = rig.Store.CheckpointAsync(CancellationToken.None);
        rig.Store.PumpAll();
        Assert.True(checkpoint.IsFaulted);
        rig.Restart();
        Assert.Equal(0, rig.Store.ReplayedBytes);

        log = rig.OpenLog(id);
        rig.Append(log, valueBytes: 1_000, times: 5);
        Assert.NotEqual(first, WalBytes.Newest(rig.Files, rig.WalDirectory).Path);
        Assert.True(WalBytes.HeaderOf(rig.Files, $"{rig.WalDirectory}/wal-000001")!.Value.Sequence > 1, "The first file has not been used again.");
        byte[] expected = TestLog.ReadAll(log);
        rig.LosePower();
        Assert.Empty(rig.Store.Damage);
        Assert.Equal(expected, TestLog.ReadAll(rig.OpenLog(id)));
    }

    /// <summary>Records may be acknowledged in a file that was found before the next one is made, whose sync would cover both names.</summary>
    [Fact]
    public async Task A_write_ahead_file_that_was_found_keeps_its_name()
    {
        var files = new SimulatedFileSystem();
        files.Before = operation =>
        {
            if (operation == new FileOperation(FileOperationKind.SyncDirectory, "/data/wal") && files.ListFiles("/data/wal").Any(WalFiles.IsName))
                files.CutPowerAfter(0);
        };
        Assert.ThrowsAny<Exception>(() => new StoreRig(files: files));
        Assert.True(files.IsPowerLost);

        using var rig = new StoreRig(files: files.AfterKill());
        Task<LogId> created = TestLog.CreateAsync(rig.Store);
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                rig.Sync();
                return created.IsCompleted;
            },
            TestLog.Guard));
        LogId id = await created;
        rig.LosePower();
        Assert.Contains(rig.Store.Logs, log => log.Id == id);
    }

    /// <summary>While the first flush of a file is on its way, a checkpoint says which file must be there at the next start.</summary>
    [Fact]
    public void A_checkpoint_names_no_write_ahead_file_that_a_loss_of_power_can_take()
    {
        using var rig = new StoreRig();
        PartitionLog log = rig.Create();
        LogId id = log.Description.Id;
        byte[] acknowledged = [];
        rig.Files.Before = operation =>
        {
            if (operation.Kind != FileOperationKind.Write || !operation.Path.Contains("/wal-", StringComparison.Ordinal) || operation.Offset != WalFileHeader.DataStart)
                return;
            rig.Files.Before = null;
            _ = rig.Store.CheckpointAsync(CancellationToken.None);
            while (rig.Store.PumpCheckpoint() | rig.Store.PumpSegments(everything: false))
            {
            }

            rig.Files.CutPowerAfter(0);
        };
        while (rig.Store.Failure is null)
        {
            acknowledged = TestLog.ReadAll(log);
            TestLog.MustAppend(log, TestLog.Batch(1, 1_000));
            rig.Sync();
        }

        rig.LosePower();
        Assert.Empty(rig.Store.Damage);
        Assert.Equal(0, rig.Store.ReplayedBytes);
        Assert.Equal(acknowledged, TestLog.ReadAll(rig.OpenLog(id)));
    }

    /// <summary>No record speaks of its folder any more, so nobody would remove it.</summary>
    [Fact]
    public void A_deleted_logs_folder_does_not_come_back_once_a_checkpoint_covers_the_deletion()
    {
        using var rig = new StoreRig();
        PartitionLog log = rig.Create();
        rig.Append(log);
        rig.Checkpoint();
        rig.Run(rig.Store.DeleteAsync([log.Description.Id], CancellationToken.None));
        rig.Checkpoint();
        rig.LosePower();
        Assert.Empty(rig.Store.Logs);
        Assert.Empty(rig.Files.ListDirectories($"{rig.Options.Directory}/logs"));
    }

    private static void SurvivesLossOfPower(SimulatedFileSystem files, string when)
    {
        using var rig = new StoreRig(TestLog.SmallOptions() with { CheckpointBytes = 10 * TestLog.KiB }, files);
        PartitionLog log = rig.Create(topic: "second");
        rig.Append(log, times: 5);
        byte[] expected = TestLog.ReadAll(log);
        LogId id = log.Description.Id;
        rig.LosePower();
        Assert.True(rig.Store.Logs.Any(l => l.Id == id), $"{when}: an acknowledged log is gone.");
        Assert.Equal(expected, TestLog.ReadAll(rig.OpenLog(id)));
        rig.Checkpoint();
        rig.LosePower();
        Assert.Equal(expected, TestLog.ReadAll(rig.OpenLog(id)));
    }
}
