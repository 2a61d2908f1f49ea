using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Metadata;
using Orleans.Runtime;

namespace Actors.Grains.Overview;

/// <summary>Microsoft Orleans tells by its management grain which grains are active; of queues, timers and stalls it tells nothing.</summary>
public sealed class RuntimePort(IGrainFactory grains, ILocalSiloDetails silo, GrainClassMap classes) : IRuntimePort
{
    /// <inheritdoc/>
    public long? Stalls => null;

    /// <summary>Adds it, and the metrics that this runtime does not keep itself.</summary>
    public static void AddTo(IServiceCollection services) => services
        .AddSingleton<IRuntimePort, RuntimePort>()
        .AddSingleton<ILifecycleParticipant<ISiloLifecycle>, OverviewMetrics>();

    private IManagementGrain Management => grains.GetGrain<IManagementGrain>(0);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ClassReport>> ReadClassesAsync() => [.. (await Management.GetDetailedGrainStatistics(hostsIds: [silo.SiloAddress]))
        .Where(static one => !one.GrainId.Type.ToString()!.StartsWith(CallCollector.RuntimesOwn, StringComparison.Ordinal))
        .GroupBy(static one => one.GrainId.Type)
        .Select(static group => new ClassReport { Type = group.Key.ToString()!, Activations = group.Count() })];

    /// <inheritdoc/>
    public async Task<ActivationReport?> ReadActivationAsync(GrainId grain) =>
        silo.SiloAddress.Equals(await Management.GetActivationAddress(grains.GetGrain(grain))) ? new ActivationReport() : null;

    /// <inheritdoc/>
    public SiloAddress? HomeOf(GrainId grain) => null;

    /// <inheritdoc/>
    public bool TryGetClass(GrainType type, [NotNullWhen(true)] out Type? grainClass) => classes.TryGetGrainClass(type, out grainClass);
}
