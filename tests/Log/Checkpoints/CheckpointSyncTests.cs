using Actors.Log.Tests.Faults;
using Actors.Log.Tests.Support;

namespace Actors.Log.Tests.Checkpoints;

/// <summary>A file that was closed before it was synced may have failed to reach the disk unnoticed: only a sync of everything tells.</summary>
public sealed class CheckpointSyncTests : IDisposable
{
    private readonly StoreRig _rig = new(TestLog.SmallOptions() with { MaxOpenFiles = 8, MaxSingleSyncs = 1_000 });

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(2, 0)]
    [InlineData(12, 1)]
    public void Files_that_were_closed_dirty_bring_a_sync_of_everything_once(int logs, int expected)
    {
        PartitionLog[] written = CreateAndWrite(logs);
        Assert.Equal(expected, WholeSyncsOf(_rig.Checkpoint));
        _rig.Append(written[0]);
        Assert.Equal(0, WholeSyncsOf(_rig.Checkpoint));
    }

    /// <summary>What is written while a file is being synced is not covered by that sync.</summary>
    [Fact]
    public void A_write_during_the_sync_of_its_file_leaves_it_dirty()
    {
        PartitionLog[] logs = CreateAndWrite(12);
        _rig.Checkpoint();
        _rig.Append(logs[0]);
        _rig.WriteSegments();
        Assert.Equal(0, WholeSyncsOf(() =>
        {
            Action<FileOperation>? count = _rig.Files.Before;
            _rig.Files.Before = operation =>
            {
                if (operation.Kind == FileOperationKind.Sync && operation.Path.EndsWith(".log", StringComparison.Ordinal))
                {
                    _rig.Files.Before = count;
                    _rig.Append(logs[0]);
                    _rig.WriteSegments();
                }
            };
            _rig.Checkpoint();
            Assert.Same(count, _rig.Files.Before);
        }));
        foreach (PartitionLog log in logs[1..])
            _ = TestLog.ReadAll(log);
        Assert.Equal(1, WholeSyncsOf(_rig.Checkpoint));
    }

    private PartitionLog[] CreateAndWrite(int count)
    {
        PartitionLog[] logs = [.. Enumerable.Range(0, count).Select(i => _rig.Create(topic: $"topic-{i}"))];
        foreach (PartitionLog log in logs)
            _rig.Append(log);
        _rig.WriteSegments();
        return logs;
    }

    private int WholeSyncsOf(Action work)
    {
        int syncs = 0;
        _rig.Files.Before = operation => syncs += operation.Kind == FileOperationKind.WholeSync ? 1 : 0;
        work();
        _rig.Files.Before = null;
        return syncs;
    }
}
