using Actors.Grains.Groups;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;

namespace Actors.Grains.Tests.Groups;

/// <summary>
/// Writes of many groups, appends that end well, badly or never, and a process that dies at any point: what was acknowledged
/// is there afterwards, and memory is what a replay gives. FsCheck prints the seed and the smallest sequence of steps.
/// </summary>
public sealed class GroupPartitionProperties
{
    private static int Cases => Environment.GetEnvironmentVariable("ACTORS_TEST_LONG") == "1" ? 5_000 : 150;

    [Fact]
    public void Whatever_happens_memory_is_what_a_replay_gives() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(Cases).WithEndSize(120),
        Prop.ForAll(Arb.From(Gen.ArrayOf(Gen.Choose(0, 1 << 20))), (int[] steps) => RunAsync(steps).GetAwaiter().GetResult()));

    private static async Task RunAsync(int[] steps)
    {
        using var meters = new TestMeters();
        var services = new GroupServices(new GroupOptions(), TimeProvider.System, new GroupMetrics(meters), NullLogger.Instance);
        var log = new MemoryGroupLog { EndsAtOnce = false };
        var partition = await LoadAsync(log, services);
        var writes = new List<(string GroupId, long Value, Task<GroupAppendResult> Ended)>();
        var newest = new Dictionary<string, long>();
        var value = 0L;
        foreach (var step in steps)
        {
            switch (step % 8)
            {
                case < 4:
                    var groupId = $"g{step / 8 % 5}";
                    writes.Add((groupId, ++value, partition.AppendAsync([new GroupOffsetRecord(
                        groupId, new GroupTopicPartition("t", 0), new CommittedOffset { Offset = value })])));
                    break;
                case < 6:
                    if (log.UnderWay > 0)
                        await log.EndAsync();
                    break;
                case 6:
                    if (log.UnderWay > 0)
                        await log.EndAsync(ErrorCode.NotEnoughReplicas, butStored: step / 8 % 2 == 0);
                    break;
                default:
                    if (step / 8 % 4 != 0)
                        break;
                    Note(writes, newest);
                    partition.Close(ErrorCode.NotCoordinator);
                    log.Crash(stored: step / 32 % 3);
                    writes.Clear();
                    partition = await LoadAsync(log, services);
                    Compare(log, partition, newest);
                    break;
            }
        }

        while (writes.Exists(write => !write.Ended.IsCompleted))
        {
            await Task.WhenAny(log.ArrivalAsync(), Task.WhenAll(writes.Select(write => write.Ended)));
            if (log.UnderWay > 0)
                await log.EndAsync();
        }

        Note(writes, newest);
        Compare(log, await LoadAsync(log, services), newest);
    }

    private static async Task<GroupPartition> LoadAsync(MemoryGroupLog log, GroupServices services)
    {
        var partition = new GroupPartition(0, 1, _ => Task.FromResult<IGroupLog>(log), null, services);
        Assert.Equal(ErrorCode.None, await partition.LoadAsync().WaitAsync(MemoryGroupLog.Guard));
        return partition;
    }

    /// <summary>Remembers, for each group, the newest value that was acknowledged.</summary>
    private static void Note(List<(string GroupId, long Value, Task<GroupAppendResult> Ended)> writes, Dictionary<string, long> newest)
    {
        foreach (var (groupId, value, ended) in writes)
        {
            if (ended.IsCompletedSuccessfully && ended.Result.Error == ErrorCode.None)
                newest[groupId] = value;
        }
    }

    private static void Compare(MemoryGroupLog log, GroupPartition partition, Dictionary<string, long> newest)
    {
        var replayed = new Dictionary<string, long>();
        foreach (var (entry, _) in log.Stored)
        {
            Assert.Equal(GroupRecordKind.Known, GroupRecordCodec.TryDecode(entry, out var record));
            replayed[record!.GroupId] = ((GroupOffsetRecord)record).Offset!.Offset;
        }

        var seen = partition.CommittedOffsets().ToDictionary(each => each.GroupId, each => each.Offset);
        Assert.Equal(replayed.OrderBy(each => each.Key), seen.OrderBy(each => each.Key));
        foreach (var (groupId, value) in newest)
            Assert.True(seen[groupId] >= value, $"{groupId}: {value} was acknowledged and {seen[groupId]} is there");
    }
}
