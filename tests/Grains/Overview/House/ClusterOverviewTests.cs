using Actors.Grains.Overview;
using Actors.Grains.Tests.Support;
using Actors.Runtime.Tests.Clusters;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.TestingHost;

namespace Actors.Grains.Tests.Overview;

/// <summary>Three silos, each asked about all.</summary>
public sealed class ClusterOverviewTests : IAsyncDisposable
{
    private const string Watched = "test.watched";
    private const int GrainCount = 40;

    private TestCluster? _cluster;

    private TestCluster Cluster => _cluster!;

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null) await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Any_silo_tells_of_all()
    {
        await DeployAsync(3);
        foreach (var grain in Grains())
        {
            await grain.Ok();
        }

        await Assert.ThrowsAsync<InvalidOperationException>(Grains().First().Fail);
        foreach (var silo in Cluster.Silos)
        {
            var cluster = await UntilAsync(silo, report => report.Calls.Where(static calls => calls.Type == Watched).Sum(static calls => calls.Ok + calls.Errors) == GrainCount + 1, "all calls are counted");
            Assert.True(cluster.View > 0);
            Assert.Equal([(0, "Primary", "Active"), (1, "Secondary_1", "Active"), (2, "Secondary_2", "Active")], cluster.Silos.Select(static one => (one.NodeId, one.Name, one.Status)));
            Assert.Equal(Cluster.Silos.Select(static one => one.SiloAddress.ToString()), cluster.Silos.Select(static one => one.Address));
            Assert.Equal("Secondary_2:8080", cluster.Silos[2].Report!.Silo.Http);
            var activations = cluster.Reports.Select(static report => report.Classes.Single(static one => one.Type == Watched).Activations).ToArray();
            Assert.Equal(GrainCount, activations.Sum());
            Assert.All(activations, static count => Assert.InRange(count, 1, GrainCount - 1));
            Assert.All(cluster.Reports.SelectMany(static report => report.Classes), static one => Assert.Equal(0, one.WaitingCalls));
            var calls = cluster.Calls.Where(static calls => calls.Type == Watched).ToDictionary(static calls => calls.Method);
            Assert.Equal((GrainCount, 0), (calls["Ok"].Ok, calls["Ok"].Errors));
            Assert.Equal((0, 1), (calls["Fail"].Ok, calls["Fail"].Errors));
            Assert.Equal(GrainCount, calls["Ok"].Latencies.Count);
        }
    }

    [Fact]
    public async Task A_silo_that_is_killed_is_shown_as_dead_and_the_others_are_told_of()
    {
        await DeployAsync(3);
        foreach (var grain in Grains())
        {
            await grain.Ok();
        }

        await Cluster.KillSiloAsync(Cluster.Silos[1]);
        foreach (var silo in Cluster.Silos)
        {
            var cluster = await UntilAsync(silo, static report => report.Silos[1].Status == SiloStates.Dead, "the silo is dead");
            Assert.Equal([SiloStates.Active, SiloStates.Dead, SiloStates.Active], cluster.Silos.Select(static one => one.Status));
            Assert.Null(cluster.Silos[1].Report);
            Assert.Equal("Secondary_1", cluster.Silos[1].Name);
            Assert.Equal(2, cluster.Reports.Count());
        }
    }

    [Fact]
    public async Task One_grain_is_told_of_with_its_home_its_queue_its_timers_and_its_state()
    {
        await DeployAsync(1);
        var grain = Cluster.GrainFactory.GetGrain<IWatchedGrain>("one");
        var before = await Overview(Cluster.Silos[0]).Describe(Watched, "one");
        Assert.Equal((0, null, null), (before!.HomeNodeId, before.ActiveNodeId, before.Activation));
        Assert.Null(Assert.Single(before.States).Json);

        await grain.Keep("n", "p");
        using var end = new CancellationTokenSource();
        var hanging = grain.Hang(end.Token);
        Task[] waiting = [grain.Ok(), grain.Ok()];
        GrainReport? seen = null;
        await TestGuard.UntilAsync(
            async () => (seen = await Overview(Cluster.Silos[0]).Describe(Watched, "one"))!.Activation is { RunningCalls: 1, WaitingCalls: 2 }, "one call runs and two wait");
        Assert.Equal((0, 0), (seen!.HomeNodeId, seen.ActiveNodeId));
        var timer = Assert.Single(seen.Activation!.Timers!);
        Assert.Equal((TimeSpan.FromHours(2).TotalMilliseconds, false), (timer.PeriodMs, timer.IsDue));
        Assert.Equal("""{"Name":"n","Password":"(hidden)"}""", Assert.Single(seen.States).Json);
        var watched = (await UntilAsync(Cluster.Silos[0], static report => report.Reports.Single().Classes.Any(static one => one is { Type: Watched, WaitingCalls: 2 }), "two calls wait")).Reports.Single();
        Assert.Equal(2, watched.Classes.Single(static one => one.Type == Watched).LongestQueue);
        Assert.Equal(1, watched.Calls.Single(static calls => calls is { Type: Watched, Method: "Hang" }).InFlight);

        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging);
        await Task.WhenAll(waiting);
        Assert.Null(await Overview(Cluster.Silos[0]).Describe("nobody", "one"));
    }

    [Fact]
    public async Task A_grain_is_found_on_whichever_silo_it_lives()
    {
        await DeployAsync(3);
        foreach (var (grain, number) in Grains().Select(static (grain, number) => (grain, number)))
        {
            await grain.Ok();
            var found = await Overview(Cluster.Silos[number % 3]).Describe(Watched, KeyOf(number));
            Assert.NotNull(found!.ActiveNodeId);
            Assert.Equal(found.ActiveNodeId, found.HomeNodeId);
            Assert.Empty(found.Unheard);
        }
    }

    private static string KeyOf(int number) => $"watched-{number}";

    private static IClusterOverview Overview(SiloHandle silo)
    {
        var services = ((InProcessSiloHandle)silo).ServiceProvider;
        return services.GetRequiredService<IGrainFactory>().GetGrain<IClusterOverview>(IClusterOverview.KeyOf(services.GetRequiredService<ISiloDescriber>().Describe().NodeId));
    }

    private static async Task<ClusterReport> UntilAsync(SiloHandle silo, Func<ClusterReport, bool> condition, string what)
    {
        ClusterReport? report = null;
        await TestGuard.UntilAsync(async () => condition(report = await Overview(silo).Read()), what);
        return report!;
    }

    private IEnumerable<IWatchedGrain> Grains() => Enumerable.Range(0, GrainCount).Select(number => Cluster.GrainFactory.GetGrain<IWatchedGrain>(KeyOf(number)));

    private async Task DeployAsync(short silos)
    {
        var builder = new TestClusterBuilder(silos);
        builder.Options.BaseSiloPort = PortRange.Next(silos);
        builder.AddSiloBuilderConfigurator<OverviewConfigurator>();
        _cluster = builder.Build();
        await TestGuard.SoonAsync(_cluster.DeployAsync(), "the cluster forms");
        await TestGuard.UntilAsync(async () =>
        {
            foreach (var silo in Cluster.Silos)
            {
                if ((await Overview(silo).Read()).Silos.Count(static one => one.Status == SiloStates.Active) != silos) return false;
            }

            return true;
        }, "every silo sees all");
    }
}
