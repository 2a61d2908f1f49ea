using System.Collections.Concurrent;
using Actors.Gateway.Kafka;

namespace Actors.Gateway.Tests.Responses;

/// <summary>What was given back is taken once.</summary>
public sealed class FreeExchangesTests
{
    [Fact]
    public void Chains_come_back_whole()
    {
        var free = new FreeExchanges();
        Assert.Null(free.Take());
        var (one, two, three) = (new TestExchange(1), new TestExchange(2), new TestExchange(3));
        one.NextFree = two;
        free.Give(one, two);
        free.Give(three, three);

        Assert.Equal([1, 2, 3], new[] { free.Take(), free.Take(), free.Take() }.Select(exchange => exchange!.CorrelationId).Order());
        Assert.Null(free.Take());
        Assert.Null(three.NextFree);
    }

    [Fact]
    public async Task Nothing_is_taken_twice_while_others_give()
    {
        const int exchanges = 8;
        const int rounds = 1_000_000;
        var free = new FreeExchanges();
        var used = new ConcurrentQueue<TestExchange>(Enumerable.Range(0, exchanges).Select(number => new TestExchange(number)));
        var isTaken = Enumerable.Repeat(true, exchanges).ToArray();
        using var ended = new CancellationTokenSource();
        var giving = Task.Factory.StartNew(() => GiveUntilEnded(free, used, isTaken, ended.Token), TaskCreationOptions.LongRunning);

        try
        {
            for (var taken = 0; taken < rounds && !giving.IsCompleted;)
            {
                if (free.Take() is TestExchange exchange)
                {
                    taken++;
                    Assert.False(Interlocked.Exchange(ref isTaken[exchange.CorrelationId], true), $"Exchange {exchange.CorrelationId} was taken twice, after {taken:N0}.");
                    used.Enqueue(exchange);
                }
                else
                {
                    Thread.Yield(); // the other thread has them all
                }
            }
        }
        finally
        {
            await ended.CancelAsync();
            await giving;
        }
    }

    private static void GiveUntilEnded(FreeExchanges free, ConcurrentQueue<TestExchange> used, bool[] isTaken, CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            if (used.TryDequeue(out var exchange))
            {
                Volatile.Write(ref isTaken[exchange.CorrelationId], false);
                free.Give(exchange, exchange);
            }
            else
            {
                Thread.Yield();
            }
        }
    }
}
