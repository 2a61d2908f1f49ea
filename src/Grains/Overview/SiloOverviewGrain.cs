using Actors.Placement;
using Orleans;
using Orleans.Runtime;

namespace Actors.Grains.Overview;

/// <inheritdoc cref="ISiloOverviewGrain"/>
[GrainType("silooverview"), NodeInKeyPlacement]
public sealed class SiloOverviewGrain(ISiloDescriber describer, ILocalSiloDetails details, IRuntimePort runtime, CallCollector calls) : Grain, ISiloOverviewGrain
{
    /// <inheritdoc/>
    public async Task<SiloReport> Report() => new()
    {
        Silo = describer.Describe(),
        Address = details.SiloAddress.ToString(),
        Classes = [.. (await runtime.ReadClassesAsync()).OrderBy(static one => one.Type, StringComparer.Ordinal)],
        Calls = calls.Read(),
        Stalls = runtime.Stalls ?? calls.Stalls,
    };

    /// <inheritdoc/>
    public Task<ActivationReport?> Find(string type, string key) => runtime.ReadActivationAsync(GrainId.Create(type, key));
}
