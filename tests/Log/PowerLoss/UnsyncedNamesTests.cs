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
