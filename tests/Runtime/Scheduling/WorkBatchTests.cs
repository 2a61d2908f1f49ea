using System.Collections.Concurrent;
using Actors.Runtime.Scheduling;
using Actors.Runtime.Tests.Support;

namespace Actors.Runtime.Tests.Scheduling;

/// <summary>What one read sets going runs as one work item, and an item that does not end keeps nobody.</summary>
public sealed class WorkBatchTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(300)]
    public async Task Every_item_runs_once(int count)
    {
        var runs = new int[count];
        using var done = new CountdownEvent(count);
        Queue(Enumerable.Range(0, count).Select(index => new Item(() =>
        {
            Interlocked.Increment(ref runs[index]);
            done.Signal();
        })));
        await Guard.Within(Task.Run(done.Wait), "the items");
        Assert.All(runs, static times => Assert.Equal(1, times));
    }

    [Fact]
    public async Task Another_worker_runs_the_rest_of_many_while_one_does_not_end()
    {
        using var gate = new ManualResetEventSlim();
        using var others = new CountdownEvent(WorkBatch.Many);
        Queue([new Item(gate.Wait), .. Enumerable.Range(0, WorkBatch.Many).Select(_ => new Item(() => others.Signal()))]);
        await Guard.Within(Task.Run(others.Wait), "the others");
        gate.Set();
    }

    [Fact]
    public async Task The_watchdog_has_the_rest_of_a_few_run_while_one_does_not_end()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        using var gate = new ManualResetEventSlim();
        var other = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int writes = 0;
        var write = new Write(() => Interlocked.Increment(ref writes));
        Queue(
        [
            new Item(() =>
            {
                Worker.Current.Held.TryHold(write);
                gate.Wait();
            }),
            new Item(other.SetResult),
        ]);
        await Guard.Within(other.Task, "the second item");
        await Guard.Until(() => Volatile.Read(ref writes) > 0, "what the first has sent");
        gate.Set();
    }

    [Fact]
    public async Task Writes_are_held_until_the_items_have_run()
    {
        var events = new ConcurrentQueue<string>();
        var write = new Write(() => events.Enqueue("write"));
        var item = new Item(() => events.Enqueue(Worker.Current.Held.TryHold(write) ? "held" : "lost"));
        Queue([item, item, item]);
        await Guard.Until(() => events.Count == 6, "three writes");
        Assert.Equal(["held", "held", "held", "write", "write", "write"], events);
    }

    [Fact]
    public void What_a_stalled_thread_holds_is_written_from_outside_and_by_its_owner()
    {
        int writes = 0;
        var held = new HeldWrites();
        var write = new Write(() => writes++);
        Assert.False(held.TryHold(write));
        held.Begin();
        Assert.True(held.TryHold(write));
        Assert.Equal(0, writes);
        held.WriteFromOutside();
        Assert.Equal(1, writes);
        held.End();
        Assert.Equal(2, writes);
        held.WriteFromOutside();
        Assert.Equal(2, writes);
        Assert.False(held.TryHold(write));
    }

    [Fact]
    public void More_connections_than_there_is_room_for_are_not_held()
    {
        var held = new HeldWrites();
        held.Begin();
        var writes = new List<int>();
        List<int> refused = [.. Enumerable.Range(0, 6).Where(index => !held.TryHold(new Write(() => writes.Add(index))))];
        Assert.Equal([4, 5], refused);
        held.End();
        Assert.Equal([0, 1, 2, 3], writes.Order());
    }

    private static void Queue(IEnumerable<Item> items)
    {
        Worker worker = Worker.Current;
        WorkBatch.Begin(worker);
        foreach (Item item in items)
        {
            worker.Queue(item);
        }

        WorkBatch.End(worker);
    }

    private sealed class Item(Action run) : IThreadPoolWorkItem
    {
        public void Execute() => run();
    }

    private sealed class Write(Action write) : IHeldWrite
    {
        void IHeldWrite.Write() => write();
    }
}
