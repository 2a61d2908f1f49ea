using System.Diagnostics.Metrics;
using Actors.Grains.Tests.Support;
using Actors.Grains.Work;
using Actors.Placement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Actors.Grains.Tests.Work;

/// <summary>Grains that have work are woken though nobody calls them: at the start, when the nodes change, and every half minute.</summary>
public sealed partial class SweeperTests : IAsyncDisposable
{
    private readonly VirtualTime _time = new();
    private readonly TestMeters _meters = new();
    private readonly ErrandBoard _board = new();
    private readonly OneNode _nodes = new(1);
    private IHost _host = null!;

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        _meters.Dispose();
    }

    [Fact]
    public async Task A_start_wakes_what_has_work_and_so_does_each_half_minute()
    {
        await StartAsync("a", "b");
        await WokenAsync(("a", 1), ("b", 1));

        _board.Grains = [ErrandBoard.Errand("b"), ErrandBoard.Errand("c")];
        await PausingAsync();
        _time.Pass(29_999);
        Assert.True(_time.HasDueIn(1)); // the sweeper's timer is still there
        _time.Pass(1);
        await WokenAsync(("a", 1), ("b", 2), ("c", 1));
        await TestGuard.UntilAsync(() => _meters.Count("actors_sweeper_wakes_total") == 4, "four wakes are counted");
    }

    [Fact]
    public async Task Each_node_wakes_those_that_hash_to_it_and_a_change_of_the_nodes_wakes_those_of_the_dead_at_once()
    {
        var keys = Enumerable.Range(0, 60).Select(number => $"errand {number}").ToArray();
        _nodes.Become(1, 2, 3);
        await StartAsync(keys);
        await PausingAsync();
        Assert.Equal(HomedOn(1, [1, 2, 3]), _board.Wakes.Select(wake => wake.Key).Order());

        _nodes.Become(1, 3);
        await WokenAsync([.. HomedOn(1, [1, 3]).Select(key => (key, HomedOn(1, [1, 2, 3]).Contains(key) ? 2 : 1))]);

        IReadOnlyList<string> HomedOn(int nodeId, int[] live) =>
            [.. keys.Where(key => RendezvousHash.Choose(ErrandBoard.Errand(key), live) == nodeId).Order()];
    }

    [Fact]
    public async Task A_node_that_is_in_no_view_wakes_nobody()
    {
        _nodes.Become();
        await StartAsync("a");
        await PausingAsync();
        Assert.Empty(_board.Wakes);
        _nodes.Become(1);
        await WokenAsync(("a", 1));
    }

    [Fact]
    public async Task A_grain_that_fails_keeps_nobody_asleep_and_is_woken_again()
    {
        _board.OnWake = static key => key == "bad" ? throw new InvalidOperationException("As it was asked to.") : Task.CompletedTask;
        await StartAsync("bad", "good");
        await PausingAsync();
        Assert.Equal((1, 1), (_board.CountOf("bad"), _board.CountOf("good")));

        _board.OnWake = null;
        Assert.Equal(new SweepResult(2, 0), await Sweeper.SweepAsync(default));
    }

    [Fact]
    public async Task A_list_that_cannot_be_read_hides_no_other()
    {
        var other = new ErrandBoard { Failure = new InvalidOperationException("The store is away.") };
        await StartAsync([other], "a");
        await PausingAsync();
        Assert.Equal(1, _board.CountOf("a"));

        (other.Failure, other.Grains) = (null, [ErrandBoard.Errand("a"), ErrandBoard.Errand("z")]);
        Assert.Equal(new SweepResult(2, 0), await Sweeper.SweepAsync(default));
    }

    [Fact]
    public async Task A_grain_that_does_not_answer_keeps_nobody_asleep_when_the_nodes_change()
    {
        var end = new TaskCompletionSource();
        _board.OnWake = key => key == "slow" ? end.Task : Task.CompletedTask;
        await StartAsync("slow");
        await WokenAsync(("slow", 1));

        _board.Grains = [ErrandBoard.Errand("slow"), ErrandBoard.Errand("other")];
        _nodes.Become(1, 2);
        _nodes.Become(1);
        await TestGuard.UntilAsync(() => _board.CountOf("other") > 0, "the other grain is woken");
        end.SetResult();
    }

    [Fact]
    public async Task A_list_that_fails_as_the_nodes_change_does_not_end_the_sweeps()
    {
        _board.OnLoad = static async token =>
        {
            await Task.Delay(Timeout.Infinite, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new InvalidOperationException("The store has gone with a silo.");
        };
        await StartAsync("a");
        await TestGuard.UntilAsync(() => _board.Looks == 1, "the list is looked at");
        _nodes.Become(1, 2);
        await TestGuard.UntilAsync(() => _board.Looks == 2, "the list is looked at again");

        _board.OnLoad = null;
        _nodes.Become(1);
        await WokenAsync(("a", 1));
    }

    [Fact]
    public async Task A_grain_that_does_not_answer_holds_up_nobody_who_waits_no_longer()
    {
        var end = new TaskCompletionSource();
        _board.OnWake = _ => end.Task;
        await StartAsync("slow");
        await WokenAsync(("slow", 1));

        // A grain of its own for this sweep: a second wake of the first one would stand behind the wake that hangs, and run when that has ended.
        _board.Grains = [ErrandBoard.Errand("slower")];
        using var enough = new CancellationTokenSource();
        var sweep = Sweeper.SweepAsync(enough.Token);
        await WokenAsync(("slow", 1), ("slower", 1));
        await enough.CancelAsync();
        await TestGuard.SoonAsync(Assert.ThrowsAnyAsync<OperationCanceledException>(() => sweep), "the sweep ends");

        end.SetResult();
        await TestGuard.SoonAsync(_host.StopAsync(), "the silo stops");
        _nodes.Become(1, 2);
        _time.Pass(60_000);
        Assert.Equal((1, 1), (_board.CountOf("slow"), _board.CountOf("slower")));
    }

    private Sweeper Sweeper => _host.Services.GetRequiredService<Sweeper>();

    private Task StartAsync(params string[] keys) => StartAsync([], keys);

    private async Task StartAsync(IWorkList[] others, params string[] keys)
    {
        _board.Grains = [.. keys.Select(ErrandBoard.Errand)];
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        foreach (var list in others)
            builder.Services.AddSingleton(list);
        builder.Services
            .AddSingleton<TimeProvider>(_time)
            .AddSingleton<IMeterFactory>(_meters)
            .AddLogging()
            .AddSingleton<IClusterNodes>(_nodes)
            .AddSingleton<IBrokerDirectory>(_nodes)
            .AddSingleton(_board)
            .AddSweeper()
            .AddSingleton<IWorkList>(_board);
        builder.UseOrleans(static orleans => orleans.UseSingleNode(1));
        _host = builder.Build();
        await _host.StartAsync();
    }

    /// <summary>Waits until grains were woken so often.</summary>
    private Task WokenAsync(params (string Key, int Count)[] expected) => TestGuard.UntilAsync(
        () => expected.All(one => _board.CountOf(one.Key) == one.Count) && _board.Wakes.Count == expected.Sum(one => one.Count),
        string.Join(", ", expected.Select(one => $"{one.Key} is woken {one.Count} times")));

    /// <summary>Waits until the sweep is done and the sweeper waits for the next.</summary>
    private Task PausingAsync() => TestGuard.UntilAsync(() => Sweeper.IsPausing, "the sweeper waits");
}
