using Actors.Runtime.Activations;
using Actors.Runtime.Lifecycle;
using Actors.Runtime.Management;
using Actors.Runtime.Metrics;
using Actors.Runtime.Scheduling;
using Actors.Runtime.Serialization;
using Actors.Runtime.Storage;
using Actors.Runtime.Watch;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Runtime;
using Orleans.Timers;

namespace Actors.Runtime.Hosting;

/// <summary>The runtime's own services; adding them twice changes nothing.</summary>
internal static class RuntimeServices
{
    public static void AddTo(IServiceCollection services)
    {
        if (services.Any(static service => service.ServiceType == typeof(LocalSilo)))
        {
            return;
        }

        services.AddOptions();
        services.AddLogging();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(new ServiceLifetimes(services));
        services.AddSingleton(static _ => GrainCode.Find());
        services.TryAddSingleton(static provider => new WireContext(
            new CodecRegistry(provider.GetRequiredService<GrainCode>().Codecs), references: new LazyReferences(provider)));
        services.AddSingleton<ILocalSiloDetails, LocalSiloDetails>();
        services.AddSingleton<GrainMetrics>();
        services.AddSingleton<LocalSilo>();
        services.AddSingleton(static provider => provider.GetRequiredService<LocalSilo>().References);
        services.AddSingleton<IClusterClient>(static provider => provider.GetRequiredService<LocalSilo>().References);
        services.AddSingleton<IGrainFactory>(static provider => provider.GetRequiredService<LocalSilo>().References);
        services.AddSingleton<IGrainRuntime>(static provider => provider.GetRequiredService<LocalSilo>().Runtime);
        services.AddSingleton<IGrainContextAccessor>(static provider => provider.GetRequiredService<LocalSilo>().Runtime);
        services.AddSingleton<ITimerRegistry>(static provider => provider.GetRequiredService<LocalSilo>().Runtime.TimerRegistry);
        services.AddSingleton<IPersistentStateFactory, PersistentStateFactory>();
        services.AddSingleton(static provider => new SiloReader(provider.GetRequiredService<LocalSilo>()));
        services.AddSingleton<Collector>();
        services.AddSingleton(static provider => new Watchdog(
            provider.GetRequiredService<LocalSilo>(),
            provider.GetRequiredService<IOptions<WatchdogOptions>>(),
            TimeProvider.System,
            static item => ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false)));
        services.AddSingleton<SiloLifecycle>();
        services.AddSingleton<ISiloLifecycle>(static provider => provider.GetRequiredService<SiloLifecycle>());
        services.AddSingleton<ISiloLifecycleSubject>(static provider => provider.GetRequiredService<SiloLifecycle>());
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, RuntimeStages>();
        services.AddSingleton<IHostedService, SiloService>();
    }

    /// <summary>References need the silo, which needs the codecs: asked for only when a reference is read.</summary>
    private sealed class LazyReferences(IServiceProvider services) : IGrainReferenceSource
    {
        public GrainReference? Find(GrainId grainId, GrainInterfaceType interfaceType) =>
            services.GetRequiredService<GrainReferences>().Find(grainId, interfaceType);
    }
}
