using Actors.Grains.Agents;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.Grains.Tests.Agents;

public sealed class BatchMachineTests
{
    private static readonly Guid One = new("00000000-0000-4000-8000-000000000001");

    private static readonly BatchOptions Options = new() { MaxRows = 3, MaxAgeMs = 100, MaxWaiting = 6, RetryMs = 10, MaxRetryMs = 40 };

    [Fact]
    public void Rows_wait_for_others_until_the_first_is_old_or_they_are_enough()
    {
        var batch = new BatchMachine<Guid, HeartbeatRow>(Options);
        Assert.Equal(long.MaxValue, batch.NextTakeMs);
        batch.Put(Beat(1), nowMs: 1_000);
        batch.Put(Beat(2), nowMs: 1_050);
        Assert.Equal(1_100, batch.NextTakeMs);
        Assert.Null(batch.Take(1_099));
        batch.Put(Beat(3), nowMs: 1_060);
        Assert.Equal([Beat(1), Beat(2), Beat(3)], batch.Take(1_060));
        Assert.Null(batch.Take(9_999));
        batch.Ended(isWritten: true, 1_061);
        Assert.True(batch.IsEmpty);
        Assert.Equal(0, batch.Bytes);

        batch.Put(Beat(4), nowMs: 2_000);
        Assert.Equal([Beat(4)], batch.Take(2_100));
    }

    [Fact]
    public void A_key_has_one_place_and_keeps_its_turn()
    {
        var batch = new BatchMachine<Guid, HeartbeatRow>(Options);
        batch.Put(Beat(1, atMs: 10), 0);
        batch.Put(Beat(2, atMs: 11), 50);
        batch.Put(Beat(1, atMs: 12), 99);
        Assert.Equal([Beat(1, atMs: 12), Beat(2, atMs: 11)], batch.Take(100));
    }

    [Fact]
    public void A_disconnect_takes_the_heartbeat_back()
    {
        var batch = new BatchMachine<Guid, HeartbeatRow>(Options);
        batch.Put(Beat(1), 0);
        batch.Put(Beat(2), 50);
        batch.Remove(Beat(1).Key);
        Assert.Null(batch.Take(100));
        Assert.Equal([Beat(2)], batch.Take(150));
        batch.Remove(Beat(2).Key);
        batch.Ended(isWritten: false, 150);
        Assert.Equal(1, batch.WaitingRows); // under way it stays: the store's own guard has to refuse it
    }

    [Fact]
    public void What_fails_is_merged_with_what_came_since_and_tried_again_later_and_later()
    {
        var batch = new BatchMachine<Guid, HeartbeatRow>(Options);
        batch.Put(Beat(1, atMs: 1), 0);
        batch.Put(Beat(2, atMs: 1), 0);
        Assert.NotNull(batch.Take(100));
        batch.Put(Beat(1, atMs: 2), 110);
        batch.Ended(isWritten: false, 200);
        Assert.Equal(210, batch.NextTakeMs);
        Assert.Null(batch.Take(209));
        Assert.Equal([Beat(1, atMs: 2), Beat(2, atMs: 1)], batch.Take(210)!.OrderBy(row => row.Key));
        batch.Ended(isWritten: false, 210);
        Assert.Null(batch.Take(229));
        Assert.NotNull(batch.Take(400, isFlush: true));
        batch.Ended(isWritten: true, 400);
        Assert.True(batch.IsEmpty);
    }

    [Fact]
    public void Without_a_store_memory_is_bounded_and_what_is_dropped_is_counted()
    {
        var batch = new BatchMachine<Guid, HeartbeatRow>(Options);
        Assert.True(Enumerable.Range(1, 3).All(number => batch.Put(Beat(number), 0)));
        Assert.NotNull(batch.Take(0));
        Assert.True(Enumerable.Range(4, 3).All(number => batch.Put(Beat(number), 0)));
        Assert.False(batch.Put(Beat(7), 0));
        Assert.True(batch.Put(Beat(4, atMs: 9), 0)); // a known key needs no room
        batch.Ended(isWritten: false, 0);
        Assert.Equal((6, 1), (batch.WaitingRows, batch.Dropped));
        var written = new List<HeartbeatRow>();
        while (batch.Take(10_000) is { } rows)
        {
            written.AddRange(rows);
            batch.Ended(isWritten: true, 10_000);
        }

        Assert.Equal(Enumerable.Range(1, 6).Select(number => Beat(number).Key), written.Select(row => row.Key).Order());

        var small = new BatchMachine<MetadataKey, MetadataRow>(new BatchOptions { MaxWaitingBytes = 1_000 });
        Assert.True(small.Put(Value("a", new string('x', 300)), 0));
        Assert.False(small.Put(Value("b", new string('x', 300)), 0));
        Assert.False(small.Put(Value("a", new string('x', 500), atMs: 2), 0));
        Assert.True(small.Put(Value("a", "y", atMs: 3), 0));
        Assert.Equal(2, small.Dropped);
        Assert.InRange(small.Bytes, 1, 1_000);
    }

    [Fact]
    public void Keys_that_come_and_go_take_no_memory()
    {
        var batch = new BatchMachine<Guid, HeartbeatRow>(Options);
        batch.Put(Beat(1), 0);
        for (var round = 0; round < 1_000; round++)
        {
            batch.Put(Beat(2), 0);
            batch.Remove(Beat(2).Key);
        }

        Assert.InRange(batch.Places, 1, 10);
        Assert.Equal([Beat(1)], batch.Take(100));
    }

    /// <summary>Any order of rows, batches, failures and repeats: nothing is lost, and the store has the newest of each key.</summary>
    [Fact]
    public void Whatever_happens_the_store_ends_with_the_newest_of_each_key() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(200),
        Prop.ForAll(Arb.From(Gen.ArrayOf(Gen.Choose(0, 1 << 20))), steps =>
        {
            var batch = new BatchMachine<Guid, HeartbeatRow>(Options with { MaxWaiting = 1_000 });
            var newest = new Dictionary<Guid, long>();
            var store = new Dictionary<Guid, long>();
            IReadOnlyList<HeartbeatRow>? under = null;
            var nowMs = 0L;
            foreach (var step in steps)
            {
                nowMs += step % 50;
                var argument = step / 64;
                switch (step % 4)
                {
                    case < 2:
                        var row = Beat(1 + (argument % 7), atMs: argument / 7 % 100);
                        newest[row.Key] = Math.Max(newest.GetValueOrDefault(row.Key), row.AtUtcMs);
                        Assert.True(batch.Put(row, nowMs));
                        break;
                    case 2:
                        under ??= batch.Take(nowMs);
                        break;
                    default:
                        End(argument % 3);
                        break;
                }
            }

            End(2);
            while (!batch.IsEmpty)
            {
                under = batch.Take(nowMs, isFlush: true);
                End(2);
            }

            Assert.Equal(newest.OrderBy(pair => pair.Key), store.OrderBy(pair => pair.Key));
            Assert.Equal(0, batch.Bytes);

            void End(int how)
            {
                if (under is null)
                    return;
                Assert.Equal(under.Count, under.Select(row => row.Key).Distinct().Count());
                Assert.InRange(under.Count, 1, Options.MaxRows);
                foreach (var row in how == 0 ? [] : under)
                    store[row.Key] = Math.Max(store.GetValueOrDefault(row.Key), row.AtUtcMs);
                under = null;
                batch.Ended(isWritten: how == 2, nowMs);
            }
        }));

    private static HeartbeatRow Beat(int number, long atMs = 5) => new(new Guid(number, 0, 0, One.ToByteArray()[8..]), 1, atMs);

    private static MetadataRow Value(string name, string value, long atMs = 1) => MetadataRow.Create(One, name, value, null, atMs);
}
