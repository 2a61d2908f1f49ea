using Actors.Placement;
using Actors.Runtime.Activations;
using Actors.Runtime.Scheduling;
using Actors.Runtime.Watch;
using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Management;

/// <inheritdoc cref="ISiloControlGrain"/>
[GrainType("sys.control"), NodeInKeyPlacement]
internal sealed class SiloControlGrain(LocalSilo silo, Collector collector) : Grain, ISiloControlGrain
{
    public Task<SimpleGrainStatistic[]> Count() => Task.FromResult(silo.References.Classes
        .Where(static one => one.Count > 0)
        .Select(one => new SimpleGrainStatistic { GrainType = one.GrainType.ToString(), SiloAddress = silo.Address, ActivationCount = one.Count })
        .ToArray());

    public Task<DetailedGrainStatistic[]> List(string[]? types) => Task.FromResult(silo.References.Classes
        .Where(one => types is null || types.Contains(one.GrainType.ToString()))
        .SelectMany(static one => one.Snapshot())
        .Select(activation => new DetailedGrainStatistic
        {
            GrainType = activation.Class.GrainType.ToString(),
            SiloAddress = silo.Address,
            GrainId = activation.GrainId,
        })
        .ToArray());

    public Task<bool> Has(GrainId grain) =>
        Task.FromResult(silo.References.TryGetClass(grain.Type, out GrainClass? grainClass) && grainClass.TryGet(grain.Key, out _));

    public Task Collect(TimeSpan ageLimit)
    {
        collector.Collect(ageLimit);
        return Task.CompletedTask;
    }

    public Task CollectGarbage()
    {
        GC.Collect();
        return Task.CompletedTask;
    }
}
