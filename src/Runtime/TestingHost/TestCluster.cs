using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using Actors.Membership;
using Actors.Runtime.Activations;
using Actors.Runtime.Cluster;
using Actors.Runtime.Peering;
using Actors.Runtime.Placement;
using Actors.Runtime.Scheduling;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Orleans.TestingHost;

/// <summary>A cluster for tests, in this process. Deployed once; disposing it stops its silos.</summary>
public class TestCluster : IDisposable, IAsyncDisposable
{
    /// <summary>The silos share a process with tests, on a machine that may stall for seconds: that kills nobody. A closed port is still noticed at once.</summary>
    private static readonly ClusterTimings Patient = new() { SuspectAfterMs = 60_000, LoneVoteAfterMs = 20_000, LeaseMs = 10_000 };

    private readonly IConfiguration _configuration;
    private readonly List<SiloHandle> _silos = [];
    private readonly InMemoryMembershipTable _membership;
    private short _started;

    internal TestCluster(TestClusterOptions options, IConfiguration configuration)
    {
        Options = options;
        _configuration = configuration;
        _membership = new InMemoryMembershipTable(options.ClusterId, TimeProvider.System);
    }

    public TestClusterOptions Options { get; }

    public ReadOnlyCollection<SiloHandle> Silos => _silos.AsReadOnly();

    public SiloHandle? Primary => _silos.FirstOrDefault();

    /// <summary>The way to the cluster's grains.</summary>
    public IClusterClient Client => ServiceProvider.GetRequiredService<IClusterClient>();

    public IGrainFactory GrainFactory => Client;

    public IServiceProvider ServiceProvider => Running.ServiceProvider;

    private InProcessSiloHandle Running => (InProcessSiloHandle?)_silos.Find(static silo => silo.IsActive)
        ?? throw new InvalidOperationException("No silo of the test cluster runs: it has not been deployed, or was stopped.");

    private GrainReferences References => ServiceProvider.GetRequiredService<GrainReferences>();

    /// <summary>Starts the silos.</summary>
    public async Task DeployAsync()
    {
        for (int silo = 0; silo < Options.InitialSilosCount; silo++)
        {
            await StartAsync();
        }
    }

    /// <inheritdoc cref="DeployAsync"/>
    public void Deploy() => Task.Run(DeployAsync).GetAwaiter().GetResult();

    public IEnumerable<SiloHandle> GetActiveSilos() => _silos.Where(static silo => silo.IsActive);

    public SiloHandle? GetSiloForAddress(SiloAddress siloAddress) => _silos.Find(silo => silo.SiloAddress.Equals(siloAddress));

    public IServiceProvider GetSiloServiceProvider(SiloAddress? silo = null) =>
        silo is null ? ServiceProvider : ((InProcessSiloHandle)(GetSiloForAddress(silo) ?? throw new ArgumentException($"No silo is {silo}.", nameof(silo)))).ServiceProvider;

    /// <summary>Starts one more silo.</summary>
    /// <param name="startAdditionalSiloOnNewPort">True, always: each silo has a port of its own.</param>
    /// <exception cref="InvalidOperationException">The cluster began with one silo, which is none that others could join.</exception>
    public async Task<SiloHandle> StartAdditionalSiloAsync(bool startAdditionalSiloOnNewPort = false) => Options.InitialSilosCount > 1
        ? await StartAsync()
        : throw new InvalidOperationException("A test cluster that begins with one silo stays one: begin with two.");

    /// <summary>Stops a silo gracefully.</summary>
    public Task StopSiloAsync(SiloHandle instance) => StopAsync(instance, gracefully: true);

    /// <summary>Stops a silo without telling its grains.</summary>
    public Task KillSiloAsync(SiloHandle instance) => StopAsync(instance, gracefully: false);

    /// <summary>Stops a silo gracefully and starts one like it.</summary>
    public async Task<SiloHandle?> RestartSiloAsync(SiloHandle instance)
    {
        await StopSiloAsync(instance);
        return await StartAsync();
    }

    public async Task StopAllSilosAsync()
    {
        foreach (SiloHandle silo in _silos.ToArray())
        {
            await StopSiloAsync(silo);
        }
    }

    /// <summary>Ends the activation of a grain, if there is one, and waits for its end.</summary>
    public async Task DeactivateAsync(GrainId grainId)
    {
        if (TryGetGrainContext(grainId, out IGrainContext? context))
        {
            context.Deactivate(new DeactivationReason(DeactivationReasonCode.RuntimeRequested, "A test asked for it."));
            await context.Deactivated;
        }
    }

    /// <inheritdoc cref="DeactivateAsync(GrainId)"/>
    public Task DeactivateAsync(IAddressable grain) => DeactivateAsync(grain.GetGrainId());

    /// <summary>Waits until the grain's present activation, if there is one, has ended.</summary>
    public Task WaitForDeactivationAsync(GrainId grainId) => TryGetGrainContext(grainId, out IGrainContext? context) ? context.Deactivated : Task.CompletedTask;

    /// <inheritdoc cref="WaitForDeactivationAsync(GrainId)"/>
    public Task WaitForDeactivationAsync(IAddressable grain) => WaitForDeactivationAsync(grain.GetGrainId());

    /// <summary>The present activation of a grain; false when there is none.</summary>
    public bool TryGetGrainContext(GrainId grainId, [NotNullWhen(true)] out IGrainContext? grainContext)
    {
        grainContext = References.TryGetClass(grainId.Type, out GrainClass? grainClass) && grainClass.TryGet(grainId.Key, out Activation? activation)
            ? activation
            : null;
        return grainContext is not null;
    }

    public void Dispose()
    {
        Dispose(_silos);
        GC.SuppressFinalize(this);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (SiloHandle silo in _silos)
        {
            await silo.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    private static void Dispose(List<SiloHandle> silos)
    {
        foreach (SiloHandle silo in silos)
        {
            silo.Dispose();
        }
    }

    private async Task StopAsync(SiloHandle silo, bool gracefully)
    {
        await silo.StopSiloAsync(gracefully);
        _silos.Remove(silo);
        await silo.DisposeAsync();
    }

    private async Task<SiloHandle> StartAsync()
    {
        short instance = _started++;
        IHostBuilder builder = new HostBuilder()
            .ConfigureHostConfiguration(configuration => configuration.AddConfiguration(_configuration))
            .ConfigureLogging(static logging => logging.SetMinimumLevel(LogLevel.Warning));
        List<object> configurators = Options.SiloBuilderConfiguratorTypes.ConvertAll(static name => Activator.CreateInstance(Type.GetType(name!, throwOnError: true)!)!);
        builder.UseOrleans((_, silo) =>
        {
            silo.UseLocalhostClustering(Options.BaseSiloPort + instance, Options.BaseGatewayPort + instance, serviceId: Options.ServiceId, clusterId: Options.ClusterId);
            if (Options.InitialSilosCount > 1)
            {
                silo.UseCluster(_ => _membership, new PeeringOptions { ClusterId = Options.ClusterId, Secret = $"the secret of {Options.ClusterId}" }, Patient);
                silo.Configure<PlacementOptions>(placement => placement.NodeId = instance);
            }

            silo.Configure<SiloOptions>(options => options.SiloName = instance == 0 ? "Primary" : $"Secondary_{instance}");
            foreach (ISiloConfigurator configurator in configurators.OfType<ISiloConfigurator>())
            {
                configurator.Configure(silo);
            }
        });
        foreach (IHostConfigurator configurator in configurators.OfType<IHostConfigurator>())
        {
            configurator.Configure(builder);
        }

        IHost host = builder.Build();
        try
        {
            await host.StartAsync();
        }
        catch
        {
            await ((IAsyncDisposable)host).DisposeAsync();
            throw;
        }

        var handle = new InProcessSiloHandle(host) { InstanceNumber = instance, ClusterOptions = Options };
        _silos.Add(handle);
        return handle;
    }
}
