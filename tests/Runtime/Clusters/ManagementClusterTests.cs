using Actors.Runtime.Scheduling;
using Actors.Runtime.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using Orleans.TestingHost;

namespace Actors.Runtime.Tests.Clusters;

/// <summary>The management grain answers for all silos, and without those that do not.</summary>
public sealed class ManagementClusterTests : IAsyncDisposable
{
    private const int GrainCount = 60;

    private readonly TestCluster _cluster;

    public ManagementClusterTests()
    {
        var builder = new TestClusterBuilder(3);
        builder.Options.BaseSiloPort = PortRange.Next(3);
        _cluster = builder.Build();
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task It_counts_finds_and_ends_what_is_on_all_silos()
    {
        (IManagementGrain management, Dictionary<string, SiloAddress> places) = await DeployAsync();
        SimpleGrainStatistic[] counts = [.. (await management.GetSimpleGrainStatistics()).Where(static one => one.GrainType == "test.place")];
        Assert.Equal(
            places.Values.GroupBy(static silo => silo).Select(static group => (group.Key, group.Count())).Order(),
            counts.Select(static one => (one.SiloAddress, one.ActivationCount)).Order());
        Assert.Equal(3, counts.Length);
        Assert.Equal(places.Keys.Order(), (await management.GetActiveGrains(GrainType.Create("test.place"))).Select(static grain => grain.Key.ToString()!).Order());
        SiloAddress second = _cluster.Silos[1].SiloAddress;
        Assert.All(await management.GetSimpleGrainStatistics([second]), one => Assert.Equal(second, one.SiloAddress));
        Assert.Equal(
            places.Where(place => place.Value.Equals(second)).Select(static place => place.Key).Order(),
            (await management.GetDetailedGrainStatistics(["test.place"], [second])).Select(static one => one.GrainId.Key.ToString()!).Order());
        foreach (string key in places.Keys.Take(10))
        {
            IPlaceGrain grain = _cluster.GrainFactory.GetGrain<IPlaceGrain>(key);
            Assert.Equal(places[key], await management.GetActivationAddress(grain));
            Assert.Equal(1, await management.GetGrainActivationCount((GrainReference)grain));
        }

        Assert.Null(await management.GetActivationAddress(_cluster.GrainFactory.GetGrain<IPlaceGrain>("nobody")));
        Assert.Equal(_cluster.Silos.Select(static silo => silo.SiloAddress).Order(), (await management.GetDetailedHosts(onlyActive: true)).Select(static row => row.SiloAddress).Order());
        await management.ForceGarbageCollection([]);
        await management.ForceActivationCollection(TimeSpan.FromSeconds(-1));
        await Guard.Until(() => _cluster.Silos.All(static silo => Local(silo).References.Classes.Single(static one => one.GrainType.ToString() == "test.place").Count == 0), "all grains to end");
    }

    [Fact]
    public async Task A_silo_that_is_killed_or_stuck_does_not_spoil_the_rest()
    {
        (_, Dictionary<string, SiloAddress> places) = await DeployAsync();
        SiloHandle killed = _cluster.Silos[1];
        SiloHandle stuck = _cluster.Silos[2];
        IManagementGrain management = ManagementOn(_cluster.Silos[0]);
        Local(stuck).Turns!.End();
        List<GrainId> heard = await Guard.Within(management.GetActiveGrains(GrainType.Create("test.place")).AsTask(), "an answer without the stuck silo");
        Assert.Equal(places.Where(place => !place.Value.Equals(stuck.SiloAddress)).Select(static place => place.Key).Order(), heard.Select(static grain => grain.Key.ToString()!).Order());

        await _cluster.KillSiloAsync(killed);
        SimpleGrainStatistic[] counts = await Guard.Within(management.GetSimpleGrainStatistics(), "an answer without the killed silo");
        Assert.All(counts, one => Assert.Equal(_cluster.Silos[0].SiloAddress, one.SiloAddress));
        Assert.NotEmpty(counts);
    }

    [Fact]
    public async Task Each_silo_says_in_a_metric_which_view_it_has()
    {
        await DeployAsync();
        using var meter = new MeterReader(((InProcessSiloHandle)_cluster.Silos[0]).ServiceProvider);
        double before = meter.Sum("actors_silo_view");
        Assert.Equal(Local(_cluster.Silos[0]).Cluster!.Routes.View.Version, before);
        await _cluster.KillSiloAsync(_cluster.Silos[2]);
        await Guard.Until(() => meter.Sum("actors_silo_view") > before, "the next view");
    }

    private static LocalSilo Local(SiloHandle silo) => ((InProcessSiloHandle)silo).ServiceProvider.GetRequiredService<LocalSilo>();

    /// <summary>A management grain that lives on this silo.</summary>
    private static IManagementGrain ManagementOn(SiloHandle silo)
    {
        LocalSilo local = Local(silo);
        return Enumerable.Range(0, 1000).Select(key => local.References.GetGrain<IManagementGrain>(key))
            .First(grain => local.Cluster!.Routes.View.HomeOf(grain.GetGrainId())!.Equals(local.Address));
    }

    private async Task<(IManagementGrain Management, Dictionary<string, SiloAddress> Places)> DeployAsync()
    {
        await Guard.Within(_cluster.DeployAsync(), "the cluster to form");
        long newest = _cluster.Silos.Max(static silo => Local(silo).Cluster!.Routes.View.Version);
        await Guard.Until(() => _cluster.Silos.All(silo => Local(silo).Cluster!.Routes is { IsQuick: true } routes && routes.View.Version >= newest), "all silos to settle");
        var places = new Dictionary<string, SiloAddress>();
        for (int number = 0; number < GrainCount; number++)
        {
            string key = $"managed-{number}";
            SiloAddressText where = await _cluster.GrainFactory.GetGrain<IPlaceGrain>(key).Where();
            places.Add(key, _cluster.Silos.Single(silo => silo.SiloAddress.ToString() == where.Silo).SiloAddress);
        }

        return (_cluster.GrainFactory.GetGrain<IManagementGrain>(0), places);
    }
}
