using Actors.Runtime.Tests.Scheduling;
using Actors.Runtime.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.TestingHost;

namespace Actors.Runtime.Tests.Hosting;

/// <summary>A test cluster with one silo.</summary>
public sealed class TestClusterTests
{
    [Fact]
    public async Task A_cluster_deploys_serves_and_stops()
    {
        var builder = new TestClusterBuilder();
        builder.AddSiloBuilderConfigurator<Configurator>();
        builder.Properties["greeting"] = "hello";
        await using TestCluster cluster = builder.Build();
        Assert.Throws<InvalidOperationException>(() => cluster.Client);
        await cluster.DeployAsync();
        SiloHandle silo = Assert.Single(cluster.Silos);
        Assert.Same(silo, cluster.Primary);
        Assert.True(silo.IsActive);
        Assert.Equal("Primary", silo.Name);
        Assert.Same(silo, cluster.GetSiloForAddress(silo.SiloAddress));
        Assert.Equal("hello", cluster.ServiceProvider.GetRequiredService<IConfiguration>()["greeting"]);
        IScriptGrain grain = cluster.GrainFactory.GetGrain<IScriptGrain>("x");
        Assert.Equal(1, await Guard.Within(grain.Fast(1), "a call"));

        Assert.True(cluster.TryGetGrainContext(grain.GetGrainId(), out IGrainContext? context));
        Task ended = cluster.WaitForDeactivationAsync(grain);
        Assert.False(ended.IsCompleted);
        await Guard.Within(cluster.DeactivateAsync(grain), "the end");
        await Guard.Within(ended, "the end");
        Assert.True(context.Deactivated.IsCompleted);
        Assert.False(cluster.TryGetGrainContext(grain.GetGrainId(), out _));
        await cluster.DeactivateAsync(grain);

        SiloHandle? restarted = await Guard.Within(cluster.RestartSiloAsync(silo), "the restart");
        Assert.NotNull(restarted);
        Assert.False(silo.IsActive);
        Assert.Equal(2, await Guard.Within(cluster.GrainFactory.GetGrain<IScriptGrain>("x").Fast(2), "a call"));
        await Guard.Within(cluster.KillSiloAsync(restarted), "the kill");
        Assert.Empty(cluster.GetActiveSilos());
    }

    [Fact]
    public void What_cannot_be_built_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TestClusterBuilder(0));
        Assert.Throws<ArgumentException>(() => new TestClusterBuilder().AddSiloBuilderConfigurator<object>());
        Assert.NotEqual(TestClusterBuilder.CreateClusterId(), TestClusterBuilder.CreateClusterId());
    }

    [Fact]
    public async Task A_host_is_built_in_every_way()
    {
        using IHost one = new HostBuilder().UseOrleans(static silo => silo.UseLocalhostClustering()).Build();
        using IHost two = Host.CreateEmptyApplicationBuilder(null).UseOrleans(static silo => silo.UseLocalhostClustering()).Build();
        var services = new ServiceCollection();
        services.AddOrleans(static silo => silo.UseLocalhostClustering(siloPort: 5));
        await using ServiceProvider three = services.BuildServiceProvider();
        Assert.NotNull(one.Services.GetRequiredService<IGrainFactory>());
        Assert.NotNull(two.Services.GetRequiredService<IClusterClient>());
        Assert.Equal(5, three.GetRequiredService<ILocalSiloDetails>().SiloAddress.Endpoint.Port);
        Assert.Same(three.GetRequiredService<IGrainFactory>(), three.GetRequiredService<IClusterClient>());
    }

    private sealed class Configurator : ISiloConfigurator, IHostConfigurator
    {
        public void Configure(ISiloBuilder siloBuilder) => siloBuilder.Services.AddSingleton<Probe>();

        public void Configure(IHostBuilder hostBuilder) => hostBuilder.ConfigureServices(static services => services.AddSingleton(new object()));
    }
}
