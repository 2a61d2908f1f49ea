using Actors.Placement;
using Orleans;
using Orleans.Runtime;

namespace Actors.Grains.Overview;

/// <inheritdoc cref="IClusterOverview"/>
[GrainType("clusteroverview"), NodeInKeyPlacement]
public sealed class ClusterOverviewGrain(ClusterMembers members, IRuntimePort runtime, StoredStates states, TimeProvider time) : Grain, IClusterOverview
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);

    private Task<ClusterReport>? _latest;
    private long _latestAt;

    /// <inheritdoc/>
    public Task<ClusterReport> Read()
    {
        // Those who ask while silos are being asked get the same answer.
        if (_latest is null || _latest.IsFaulted || (_latest.IsCompleted && time.GetElapsedTime(_latestAt) >= MaxAge))
        {
            _latest = GatherAsync();
            _latestAt = time.GetTimestamp();
        }

        return _latest;
    }

    /// <inheritdoc/>
    public async Task<GrainReport?> Describe(string type, string key)
    {
        var grain = GrainId.Create(type, key);
        if (!runtime.TryGetClass(grain.Type, out var grainClass)) return null;
        var (_, silos) = members.Read();
        var reading = states.ReadAsync(grainClass, grain);
        var answers = await Task.WhenAll(silos.Where(IsAsked).Select(async silo =>
        {
            var (isHeard, activation) = await AskAsync(silo, overview => overview.Find(type, key));
            return (Silo: silo, IsHeard: isHeard, Activation: activation);
        }));
        var (holder, _, found) = Array.Find(answers, static answer => answer.Activation is not null);
        var home = runtime.HomeOf(grain);
        return new()
        {
            Type = type,
            Key = key,
            HomeNodeId = silos.FirstOrDefault(silo => silo.Address.Equals(home))?.NodeId,
            ActiveNodeId = holder?.NodeId,
            Activation = found,
            States = await reading,
            Unheard = [.. answers.Where(static answer => !answer.IsHeard).Select(static answer => answer.Silo.Name)],
        };
    }

    private static bool IsAsked(MemberSilo silo) => silo.Status is not SiloStatus.Dead;

    private async Task<ClusterReport> GatherAsync()
    {
        var (view, silos) = members.Read();
        return new() { View = view, Silos = await Task.WhenAll(silos.Select(EntryAsync)) };
    }

    private async Task<SiloEntry> EntryAsync(MemberSilo silo)
    {
        var (_, report) = IsAsked(silo) ? await AskAsync(silo, static overview => overview.Report()) : default;

        // An answer from an earlier run of the node is none.
        return ClusterReader.EntryOf(silo, report?.Address == silo.Address.ToString() ? report : null);
    }

    private async Task<(bool IsHeard, T? Answer)> AskAsync<T>(MemberSilo silo, Func<ISiloOverviewGrain, Task<T>> ask)
    {
        try
        {
            return (true, await ask(GrainFactory.GetGrain<ISiloOverviewGrain>(ISiloOverviewGrain.KeyOf(silo.NodeId))));
        }
        catch (Exception failure) when (failure is TimeoutException or OrleansException)
        {
            return default; // It is shown as unreachable, or named among those that did not answer.
        }
    }
}
