using Actors.Grains.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.Gateway.Tests.Connections;

/// <summary>Nobody takes more than there is, nobody overtakes, and what was given up lets the next one in.</summary>
public sealed class ByteBudgetTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_came_first_is_served_first()
    {
        var budget = new ByteBudget(100);
        Assert.Equal(80, await budget.TakeAsync(80, Token));
        var large = budget.TakeAsync(90, Token).AsTask();
        var small = budget.TakeAsync(10, Token).AsTask();

        // 20 are free and 10 are wanted, but somebody waits in front.
        Assert.False(budget.TryTake(10));
        Assert.False(small.IsCompleted);
        budget.Return(80);

        Assert.Equal(90, await large.WaitAsync(TestGuard.Limit, Token));
        Assert.Equal(10, await small.WaitAsync(TestGuard.Limit, Token));
        Assert.Equal(0, budget.FreeBytes);
    }

    [Fact]
    public async Task More_than_everything_takes_everything_and_never_at_once_without_waiting_in_line()
    {
        var budget = new ByteBudget(100);

        Assert.Equal(100, budget.Cap(5_000));
        Assert.False(budget.TryTake(101));
        Assert.Equal(100, await budget.TakeAsync(5_000, Token));
        Assert.Equal(0, budget.FreeBytes);
    }

    [Fact]
    public async Task Who_gives_up_lets_those_behind_in()
    {
        var budget = new ByteBudget(100);
        await budget.TakeAsync(50, Token);
        using var givenUp = new CancellationTokenSource();
        var large = budget.TakeAsync(100, givenUp.Token).AsTask();
        var small = budget.TakeAsync(50, Token).AsTask();
        Assert.False(small.IsCompleted);

        await givenUp.CancelAsync();

        await Assert.ThrowsAsync<OperationCanceledException>(() => large);
        Assert.Equal(50, await small.WaitAsync(TestGuard.Limit, Token));
        budget.Return(50);
        budget.Return(50);
        Assert.Equal(100, budget.FreeBytes);
    }

    [Fact]
    public void Any_use_ends_with_everything_given_back()
    {
        var step = from kind in Gen.Choose(0, 3)
                   from bytes in Gen.Choose(1, 150)
                   select (kind, bytes);
        Prop.ForAll(step.ListOf().ToArbitrary(), steps => RunAsync([.. steps]).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    private static async Task RunAsync(List<(int Kind, int Bytes)> steps)
    {
        const int Total = 100;
        var budget = new ByteBudget(Total);
        var takers = new List<(Task<long> Taken, CancellationTokenSource GiveUp)>();
        foreach (var (kind, bytes) in steps)
        {
            switch (kind)
            {
                case 0 when await TakeOneAsync(takers) is var done and > 0:
                    budget.Return(done);
                    break;
                case 1 when budget.TryTake(bytes):
                    takers.Add((Task.FromResult((long)bytes), new CancellationTokenSource()));
                    break;
                case 2 when takers.Find(taker => !taker.Taken.IsCompleted) is { GiveUp: not null } waiting:
                    await waiting.GiveUp.CancelAsync();
                    // Who was let in at the same moment has its bytes all the same.
                    await Task.WhenAny(waiting.Taken).WaitAsync(TestGuard.Limit, Token);
                    if (waiting.Taken.IsCanceled)
                        takers.Remove(waiting);
                    break;
                case 3:
                    var giveUp = new CancellationTokenSource();
                    takers.Add((budget.TakeAsync(bytes, giveUp.Token).AsTask(), giveUp));
                    break;
            }

            Assert.InRange(budget.FreeBytes, 0, Total);
        }

        // Whoever waits is let in by somebody who gives back.
        while (takers.Count > 0)
        {
            await Task.WhenAny(takers.Select(taker => taker.Taken)).WaitAsync(TestGuard.Limit, Token);
            budget.Return(await TakeOneAsync(takers));
        }

        Assert.Equal(Total, budget.FreeBytes);
    }

    private static async Task<long> TakeOneAsync(List<(Task<long> Taken, CancellationTokenSource GiveUp)> takers)
    {
        var index = takers.FindIndex(taker => taker.Taken.IsCompletedSuccessfully);
        if (index < 0)
            return 0;
        var bytes = await takers[index].Taken;
        takers.RemoveAt(index);
        return bytes;
    }
}
