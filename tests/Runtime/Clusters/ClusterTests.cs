using Actors.Membership;
using Actors.Runtime.Cluster;
using Actors.Runtime.Scheduling;
using Actors.Runtime.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Runtime;
using Orleans.TestingHost;

namespace Actors.Runtime.Tests.Clusters;

/// <summary>Three silos in this process, over loopback sockets, with real time.</summary>
public sealed class ClusterTests : IAsyncDisposable
{
    private const int GrainCount = 60;
    private const int MostSilos = 6;
    private const int CallsInFlight = 8;

    private readonly TestCluster _cluster;

    public ClusterTests()
    {
        var builder = new TestClusterBuilder(3);
        builder.Options.BaseSiloPort = PortRange.Next(MostSilos);
        _cluster = builder.Build();
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Grains_live_once_and_are_found_from_every_silo()
    {
        await DeployAsync();
        SiloAddressText[][] seen = await Task.WhenAll(_cluster.Silos.Select(silo => Task.WhenAll(Grains(silo).Select(static grain => grain.Where()))));
        Assert.Equal(seen[0], seen[1]);
        Assert.Equal(seen[0], seen[2]);
        Assert.Equal(3, seen[0].Select(static place => place.Silo).Distinct().Count());
        foreach (SiloHandle silo in _cluster.Silos)
        {
            await Task.WhenAll(Grains(silo).Select(static grain => grain.Add(1)));
        }

        Assert.All(await Task.WhenAll(Grains(_cluster.Silos[0]).Select(static grain => grain.Add(0))), static sum => Assert.Equal(3, sum));
    }

    [Fact]
    public async Task A_key_that_names_a_node_is_served_there()
    {
        await DeployAsync();
        IGrainFactory grains = Factory(_cluster.Silos[0]);
        for (int node = 0; node < 3; node++)
        {
            Assert.Equal(_cluster.Silos[node].SiloAddress.ToString(), await grains.GetGrain<INodeGrain>($"x@{node}").Where());
        }

        SiloUnavailableException away = await Assert.ThrowsAsync<SiloUnavailableException>(() => grains.GetGrain<INodeGrain>("x@7").Where());
        Assert.Contains("node 7", away.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_a_silo_is_killed_its_grains_answer_elsewhere()
    {
        await DeployAsync();
        SiloHandle killed = _cluster.Silos[1];
        SiloAddressText[] before = await Task.WhenAll(Grains(_cluster.Silos[0]).Select(static grain => grain.Where()));
        Assert.Contains(before, place => place.Silo == killed.SiloAddress.ToString());
        await _cluster.KillSiloAsync(killed);
        long began = TimeProvider.System.GetTimestamp();
        foreach (SiloHandle silo in _cluster.Silos)
        {
            SiloAddressText[] after = await Guard.Within(Task.WhenAll(Grains(silo).Select(static grain => UntilAnsweredAsync(grain.Where))), "all grains to answer after a kill");
            Assert.DoesNotContain(after, place => place.Silo == killed.SiloAddress.ToString());
            // Who lived elsewhere stays where it is.
            Assert.Equal(
                before.Where(place => place.Silo != killed.SiloAddress.ToString()),
                after.Where((_, index) => before[index].Silo != killed.SiloAddress.ToString()));
        }

        // Its port is closed: nobody waits until it is suspected, which takes a minute here.
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_rolling_restart_under_load_fails_no_call()
    {
        await DeployAsync();
        for (int round = 0; round < 3; round++)
        {
            SiloHandle leaving = _cluster.Silos[0];
            using var end = new CancellationTokenSource();
            Task<int>[] load = [.. _cluster.Silos.Where(silo => silo != leaving).SelectMany(silo => Enumerable.Range(0, CallsInFlight).Select(first => CallUntilAsync(silo, first, end.Token)))];
            await Guard.Within(_cluster.StopSiloAsync(leaving), "a silo to leave");
            await Guard.Within(_cluster.StartAdditionalSiloAsync(), "a silo to join");
            await end.CancelAsync();
            Assert.All(await Guard.Within(Task.WhenAll(load), "the callers to end"), static calls => Assert.True(calls > 0));
        }

        SiloAddressText[] after = await Task.WhenAll(Grains(_cluster.Silos[0]).Select(static grain => grain.Where()));
        Assert.Equal(3, after.Select(static place => place.Silo).Distinct().Count());
    }

    [Fact]
    public async Task A_silo_that_starts_takes_its_share()
    {
        await DeployAsync();
        await Task.WhenAll(Grains(_cluster.Silos[0]).Select(static grain => grain.Where()));
        SiloHandle added = await _cluster.StartAdditionalSiloAsync();
        await SettledAsync();
        SiloAddressText[] after = await Guard.Within(Task.WhenAll(Grains(_cluster.Silos[0]).Select(static grain => grain.Where())), "all grains to answer");
        Assert.Contains(after, place => place.Silo == added.SiloAddress.ToString());
        Assert.Equal(after, await Task.WhenAll(Grains(added).Select(static grain => grain.Where())));
    }

    [Fact]
    public async Task A_silo_that_is_declared_dead_runs_no_more_turns_and_stops()
    {
        await DeployAsync();
        SiloHandle expelled = _cluster.Silos[2];
        IServiceProvider services = ((InProcessSiloHandle)expelled).ServiceProvider;
        SiloAddressText[] before = await Task.WhenAll(Grains(_cluster.Silos[0]).Select(static grain => grain.Where()));
        Assert.Contains(before, place => place.Silo == expelled.SiloAddress.ToString());
        var stopping = new TaskCompletionSource();
        services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);
        await DeclareDeadAsync(services.GetRequiredService<ILeasedMembershipTable>(), expelled.SiloAddress, by: _cluster.Silos[0].SiloAddress);
        await Guard.Within(stopping.Task, "the silo to stop itself");
        Assert.True(services.GetRequiredService<LocalSilo>().Turns!.IsEnded);
        SiloAddressText[] after = await Guard.Within(Task.WhenAll(Grains(_cluster.Silos[0]).Select(static grain => UntilAnsweredAsync(grain.Where))), "all grains to answer");
        Assert.DoesNotContain(after, place => place.Silo == expelled.SiloAddress.ToString());
    }

    [Fact]
    public async Task Others_can_read_and_follow_the_cluster_and_put_a_silo_out_of_it()
    {
        await DeployAsync();
        IServiceProvider services = _cluster.GetSiloServiceProvider(_cluster.Silos[0].SiloAddress);
        ClusterReading reading = services.GetRequiredService<IClusterState>().Now;
        Assert.True(reading.IsActive);
        Assert.Null(reading.Hindrance);
        Assert.Null(reading.Expelled);
        Assert.Equal(
            [("Primary", 0, _cluster.Silos[0].SiloAddress), ("Secondary_1", 1, _cluster.Silos[1].SiloAddress), ("Secondary_2", 2, _cluster.Silos[2].SiloAddress)],
            reading.Silos.Select(static silo => (silo.Name, silo.NodeId, silo.Address)));
        Assert.All(reading.Silos, static silo => Assert.Equal(SiloStatus.Active, silo.Status));

        IClusterMembershipService membership = services.GetRequiredService<IClusterMembershipService>();
        SiloAddress killed = _cluster.Silos[2].SiloAddress;
        Assert.Equal((SiloStatus.Active, "Secondary_2@2"), (membership.CurrentSnapshot.GetSiloStatus(killed), membership.CurrentSnapshot.Members[killed].Name));
        IClusterState expelled = _cluster.GetSiloServiceProvider(killed).GetRequiredService<IClusterState>();
        Task<ClusterMembershipSnapshot> seenDead = Guard.Within(
            membership.MembershipUpdates.FirstAsync(snapshot => snapshot.GetSiloStatus(killed) is SiloStatus.Dead).AsTask(), "word of the silo's death");
        Assert.True(await membership.TryKill(killed));
        MembershipVersion version = (await seenDead).Version;
        Assert.True(version.Value > reading.Version);
        await membership.Refresh(version, TestContext.Current.CancellationToken);
        Assert.True(membership.CurrentSnapshot.Version >= version);
        await Guard.Until(() => expelled.Now.Expelled is not null, "the silo to know that it is out");
        Assert.False(expelled.Now.IsActive);
        Assert.False(await membership.TryKill(SiloAddress.New(killed.Endpoint, killed.Generation + 1)));
    }

    private static async Task DeclareDeadAsync(ILeasedMembershipTable table, SiloAddress silo, SiloAddress by)
    {
        while (true)
        {
            MembershipTableData read = await table.ReadAll();
            (MembershipEntry row, string etag) = read.TryGet(silo)!;
            row.Status = SiloStatus.Dead;
            row.AddSuspector(by, row.StartTime);
            if (await table.UpdateRow(row, etag, read.Version.Next()))
            {
                return;
            }
        }
    }

    internal static async Task<T> UntilAnsweredAsync<T>(Func<Task<T>> call)
    {
        while (true)
        {
            try
            {
                return await call();
            }
            catch (SiloUnavailableException)
            {
                // It was on its way to the silo that died.
            }
        }
    }

    private static IGrainFactory Factory(SiloHandle silo) => (IGrainFactory)((InProcessSiloHandle)silo).ServiceProvider.GetService(typeof(IGrainFactory))!;

    private static IEnumerable<IPlaceGrain> Grains(SiloHandle silo) =>
        Enumerable.Range(0, GrainCount).Select(number => Factory(silo).GetGrain<IPlaceGrain>($"place-{number}"));

    private static async Task<int> CallUntilAsync(SiloHandle from, int first, CancellationToken end)
    {
        IPlaceGrain[] grains = [.. Grains(from)];
        int calls = 0;
        while (!end.IsCancellationRequested)
        {
            await grains[(first + calls++) % grains.Length].Where();
        }

        return calls;
    }

    private static ClusterDriver Driver(SiloHandle silo) => ((InProcessSiloHandle)silo).ServiceProvider.GetRequiredService<ClusterDriver>();

    private async Task DeployAsync()
    {
        await Guard.Within(_cluster.DeployAsync(), "the cluster to form");
        await SettledAsync();
    }

    /// <summary>All silos have the newest view, and nothing moves any more.</summary>
    private Task SettledAsync()
    {
        long newest = _cluster.Silos.Max(static silo => Driver(silo).Routes.View.Version);
        return Guard.Until(() => _cluster.Silos.All(silo => Driver(silo).Routes is { IsQuick: true } routes && routes.View.Version >= newest), "all silos to settle");
    }
}
