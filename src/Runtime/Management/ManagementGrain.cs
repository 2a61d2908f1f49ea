using Actors.Runtime.Activations;
using Actors.Runtime.Scheduling;
using Actors.Runtime.Watch;
using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Management;

/// <summary>Answers for the silo that it runs on.</summary>
[GrainType("sys.management")]
internal sealed class ManagementGrain(LocalSilo silo, Collector collector) : Grain, IManagementGrain
{
    public Task<Dictionary<SiloAddress, SiloStatus>> GetHosts(bool onlyActive = false) =>
        Task.FromResult(new Dictionary<SiloAddress, SiloStatus> { [silo.Address] = silo.AcceptsActivations ? SiloStatus.Active : SiloStatus.ShuttingDown });

    public Task<SimpleGrainStatistic[]> GetSimpleGrainStatistics() => Task.FromResult(silo.References.Classes
        .Where(static one => one.Count > 0)
        .Select(one => new SimpleGrainStatistic { GrainType = one.GrainType.ToString(), SiloAddress = silo.Address, ActivationCount = one.Count })
        .ToArray());

    public Task<DetailedGrainStatistic[]> GetDetailedGrainStatistics(string[]? types = null, SiloAddress[]? hostsIds = null) => Task.FromResult(
        hostsIds is not null && !hostsIds.Contains(silo.Address)
            ? []
            : silo.References.Classes
                .Where(one => types is null || types.Contains(one.GrainType.ToString()))
                .SelectMany(static one => one.Snapshot())
                .Select(activation => new DetailedGrainStatistic
                {
                    GrainType = activation.Class.GrainType.ToString(),
                    SiloAddress = silo.Address,
                    GrainId = activation.GrainId,
                })
                .ToArray());

    public Task<int> GetTotalActivationCount() => Task.FromResult(silo.References.Classes.Sum(static one => one.Count));

    public ValueTask<SiloAddress?> GetActivationAddress(IAddressable reference) => new(Find(reference.GetGrainId()) is null ? null : silo.Address);

    public ValueTask<List<GrainId>> GetActiveGrains(GrainType type) => new(
        silo.References.TryGetClass(type, out GrainClass? grainClass)
            ? grainClass.Snapshot().Select(static activation => activation.GrainId).ToList()
            : []);

    public Task ForceActivationCollection(TimeSpan ageLimit)
    {
        collector.Collect(ageLimit);
        return Task.CompletedTask;
    }

    public Task ForceGarbageCollection(SiloAddress[] hostsIds)
    {
        ArgumentNullException.ThrowIfNull(hostsIds);
        if (hostsIds.Contains(silo.Address))
        {
            GC.Collect();
        }

        return Task.CompletedTask;
    }

    private Activation? Find(GrainId id) =>
        silo.References.TryGetClass(id.Type, out GrainClass? grainClass) && grainClass.TryGet(id.Key, out Activation? activation) ? activation : null;
}
