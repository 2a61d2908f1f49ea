using Actors.Grains.Agents;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.Grains.Tests.Agents;

public sealed class KeyedQueueTests
{
    [Fact]
    public void A_key_is_worked_on_once_at_a_time_and_again_when_more_came()
    {
        var queue = new KeyedQueue<int>();
        Assert.True(queue.Add(1));
        Assert.False(queue.Add(1));
        Assert.True(queue.Add(2));
        Assert.Equal([1], queue.Take(1));
        Assert.False(queue.Add(1));
        Assert.Equal([2], queue.Take(50));
        Assert.Empty(queue.Take(50));
        Assert.True(queue.Done(1));
        Assert.False(queue.Done(2));
        Assert.Equal([1], queue.Take(50));
        Assert.True(queue.Done(1, isFailed: true));
        Assert.Throws<ArgumentException>(() => queue.Done(2));
    }

    /// <summary>Whatever is added, taken and given back: no key is with two workers, none is forgotten, none waits twice.</summary>
    [Fact]
    public void Nothing_is_forgotten_and_nothing_done_twice_at_once() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(300),
        Prop.ForAll(Arb.From(Gen.ArrayOf(Gen.Choose(0, 1 << 20))), steps =>
        {
            var queue = new KeyedQueue<int>();
            var added = new Dictionary<int, int>();
            var seen = new Dictionary<int, int>();
            var working = new List<int>();
            var number = 0;
            foreach (var step in steps)
            {
                var argument = step / 8;
                switch (step % 8)
                {
                    case < 4:
                        added[argument % 9] = ++number;
                        queue.Add(argument % 9);
                        break;
                    case < 6:
                        TakeAll(1 + (argument % 3));
                        break;
                    default:
                        if (working.Count > 0)
                            Return(argument % working.Count);
                        break;
                }
            }

            while (queue.Waiting + working.Count > 0)
            {
                TakeAll(50);
                Return(0);
            }

            Assert.Equal(0, queue.Working);
            Assert.All(added, pair => Assert.Equal(pair.Value, seen[pair.Key]));

            void TakeAll(int max)
            {
                foreach (var key in queue.Take(max))
                {
                    Assert.DoesNotContain(key, working);
                    working.Add(key);
                    seen[key] = added[key];
                }
            }

            void Return(int index)
            {
                var key = working[index];
                working.RemoveAt(index);
                queue.Done(key);
            }
        }));

    [Fact]
    public void Workers_have_defaults_and_bounds()
    {
        Assert.Equal(WorkerOptions.Default, new WorkerOptions().Effective());
        Assert.Equal(WorkerOptions.Default with { BinderWorkers = 3 }, new WorkerOptions { BinderWorkers = 3 }.Effective());
        Assert.Empty(new WorkerOptions { QuerierWorkers = WorkerOptions.Max }.Mistakes());
        Assert.Equal(
            ["TunnelerWorkers is -1; it is a whole number from 0 (the default) to 1000.", "HandshakerWorkers is 1001; it is a whole number from 0 (the default) to 1000."],
            new WorkerOptions { TunnelerWorkers = -1, HandshakerWorkers = 1_001 }.Mistakes());
    }
}
