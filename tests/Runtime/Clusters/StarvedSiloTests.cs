using Actors.Placement;
using Actors.Runtime.Cluster;
using Actors.Runtime.Scheduling;
using Actors.Runtime.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Clusters;

/// <summary>A silo whose process lives, and answers on its connections, while its grains do not run; and one whose wall clock is set.</summary>
public sealed class StarvedSiloTests : IAsyncDisposable
{
    private readonly FlakyTable _table = new(ClusterSilo.ClusterId);
    private readonly ManualResetEventSlim _blocked = new(initialState: true);
    private readonly int _port = PortRange.Next(3);
    private readonly List<ClusterSilo> _silos = [];
    private int _probes;

    public async ValueTask DisposeAsync()
    {
        _blocked.Set();
        foreach (ClusterSilo silo in _silos)
        {
            await silo.DisposeAsync();
        }

        _blocked.Dispose();
    }

    [Fact]
    public async Task A_silo_whose_turns_are_blocked_is_declared_dead_and_stops_itself()
    {
        ClusterSilo first = await StartAsync(0);
        ClusterSilo second = await StartAsync(1);
        var hanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ClusterSilo starved = await StartAsync(2, configure: silo => silo.AddIncomingGrainCallFilter(context =>
        {
            // A turn that blocks the thread that runs it, as all others of this silo from now on.
            if (!_blocked.IsSet && context.InterfaceMethod.DeclaringType == typeof(IStuckGrain))
            {
                hanging.TrySetResult();
            }

            _blocked.Wait();
            return context.Invoke();
        }));
        await SettledAsync();
        IStuckGrain grain = first.Grains.GetGrain<IStuckGrain>(Enumerable.Range(0, 1_000).Select(static number => $"grain-{number}")
            .First(static key => RendezvousHash.Choose(GrainId.Create("test.stuck", key), [0, 1, 2]) == 2));
        Assert.Equal(starved.Address.ToString(), await grain.Where());
        var stopping = new TaskCompletionSource();
        starved.Service<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);

        _blocked.Reset();
        Task<string> underWay = grain.Where();
        await Guard.Within(hanging.Task, "a call to hang");
        await Guard.Until(() => first.Now.Silos.Any(silo => silo.Address.Equals(starved.Address) && silo.Status is SiloStatus.Dead), "the others to declare it dead");
        // Not the response time-out, which would be a TimeoutException; and it may have run, so it is not made again elsewhere.
        await Assert.ThrowsAsync<SiloUnavailableException>(() => Guard.Within(underWay, "the call under way to fail"));
        await Guard.Within(stopping.Task, "the silo to stop itself");
        Assert.Contains("declared this silo dead", starved.Now.Expelled, StringComparison.Ordinal);
        Assert.True(starved.Local.Turns!.IsEnded);
        string elsewhere = await Guard.Within(ClusterTests.UntilAnsweredAsync(grain.Where), "its grain");
        Assert.Contains(elsewhere, new[] { first.Address.ToString(), second.Address.ToString() });
        Assert.False(_blocked.IsSet);
    }

    [Fact]
    public async Task A_probe_is_a_turn_like_others()
    {
        bool isTurn = false;
        await StartAsync(0);
        await StartAsync(1, configure: silo => silo.AddIncomingGrainCallFilter(context =>
        {
            if (context.InterfaceMethod.DeclaringType == typeof(IProbeGrain))
            {
                isTurn = Thread.CurrentThread.IsThreadPoolThread && ReferenceEquals(Worker.Current.Activation, context.TargetContext);
                Interlocked.Increment(ref _probes);
            }

            return context.Invoke();
        }));
        await Guard.Until(() => Volatile.Read(ref _probes) > 0, "a probe");
        Assert.True(isTurn);
    }

    [Fact]
    public async Task Wall_clocks_that_are_set_by_hours_change_nothing()
    {
        var clocks = new[] { new WallClock(), new WallClock(), new WallClock() };
        ISiloBuilder Count(ISiloBuilder silo) => silo.AddIncomingGrainCallFilter(context =>
        {
            Interlocked.Add(ref _probes, context.InterfaceMethod.DeclaringType == typeof(IProbeGrain) ? 1 : 0);
            return context.Invoke();
        });
        await StartAsync(0, silo => Count(silo).Services.AddSingleton<TimeProvider>(clocks[0]));
        await StartAsync(1, silo => Count(silo).Services.AddSingleton<TimeProvider>(clocks[1]));
        clocks[2].Step(TimeSpan.FromHours(-5));
        await StartAsync(2, silo => Count(silo).Services.AddSingleton<TimeProvider>(clocks[2]));
        await SettledAsync();
        long view = _silos[0].Driver.Routes.View.Version;
        clocks[0].Step(TimeSpan.FromHours(7));
        clocks[1].Step(TimeSpan.FromHours(-7));
        clocks[2].Step(TimeSpan.FromHours(11));
        // Each silo is probed by two others every 400 ms: six seconds and more, and a silent one is suspected after three.
        int before = Volatile.Read(ref _probes);
        await Guard.Until(() => Volatile.Read(ref _probes) > before + (6 * 16), "some seconds of probes");
        Assert.All(_silos, silo => Assert.True(silo.Now is { IsActive: true, Hindrance: null, Expelled: null }));
        Assert.All(_silos, silo => Assert.Equal(view, silo.Driver.Routes.View.Version));
        Assert.All(_silos, silo => Assert.False(silo.Local.Turns!.IsEnded));
        string[] seen = await Guard.Within(Task.WhenAll(Enumerable.Range(0, 20).Select(number => _silos[1].Grains.GetGrain<IStuckGrain>($"grain-{number}").Where())), "calls");
        Assert.Equal(3, seen.Distinct().Count());
    }

    private async Task<ClusterSilo> StartAsync(int node, Action<ISiloBuilder>? configure = null)
    {
        ClusterSilo silo = await Guard.Within(ClusterSilo.StartAsync(node, _port + node, _table, timings: new ClusterTimings { SuspectAfterMs = 3_000 }, configure: configure), $"silo {node} to join");
        _silos.Add(silo);
        return silo;
    }

    private Task SettledAsync()
    {
        long newest = _silos.Max(static silo => silo.Driver.Routes.View.Version);
        return Guard.Until(() => _silos.TrueForAll(silo => silo.Driver.Routes is { IsQuick: true } routes && routes.View.Version >= newest), "all silos to settle");
    }

    private sealed class WallClock : TimeProvider
    {
        private long _stepTicks;

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Volatile.Read(ref _stepTicks));

        public void Step(TimeSpan by) => Interlocked.Add(ref _stepTicks, by.Ticks);
    }
}
