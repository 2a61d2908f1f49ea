using Actors.Membership;
using Actors.Placement;
using Actors.Runtime.Cluster;
using Actors.Runtime.Scheduling;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Actors.Runtime.Management;

/// <summary>
/// Answers for all silos of the cluster: each is asked through its <see cref="ISiloControlGrain"/>, all at once. What a silo does
/// not tell in time is missing from a reading; an action that a silo has not confirmed is an error.
/// </summary>
[GrainType("sys.management"), Reentrant]
internal sealed class ManagementGrain(LocalSilo silo, ILocalSiloDetails details) : Grain, IManagementGrain
{
    public Task<Dictionary<SiloAddress, SiloStatus>> GetHosts(bool onlyActive = false) => Task.FromResult(Members
        .Where(member => !onlyActive || member.Status is SiloStatus.Active)
        .ToDictionary(static member => member.Silo, static member => member.Status));

    public async Task<MembershipEntry[]> GetDetailedHosts(bool onlyActive = false)
    {
        MembershipEntry[] rows = silo.Services.GetService<ILeasedMembershipTable>() is { } table
            ? [.. (await table.ReadAll()).Members.Select(static member => member.Item1)]
            : [OwnRow()];
        return onlyActive ? [.. rows.Where(static row => row.Status is SiloStatus.Active)] : rows;
    }

    public Task<SimpleGrainStatistic[]> GetSimpleGrainStatistics() => GatherAsync(null, static control => control.Count());

    public Task<SimpleGrainStatistic[]> GetSimpleGrainStatistics(SiloAddress[] hostsIds) => GatherAsync(AllIfNone(hostsIds), static control => control.Count());

    public Task<DetailedGrainStatistic[]> GetDetailedGrainStatistics(string[]? types = null, SiloAddress[]? hostsIds = null) =>
        GatherAsync(hostsIds, control => control.List(types));

    public async Task<int> GetTotalActivationCount() => (await GetSimpleGrainStatistics()).Sum(static one => one.ActivationCount);

    public async Task<int> GetGrainActivationCount(GrainReference grainReference) => (await HoldersAsync(grainReference)).Count;

    public async ValueTask<SiloAddress?> GetActivationAddress(IAddressable reference) => (await HoldersAsync(reference)).FirstOrDefault();

    public async ValueTask<List<GrainId>> GetActiveGrains(GrainType type) =>
        [.. (await GetDetailedGrainStatistics([type.ToString()])).Select(static one => one.GrainId)];

    public Task ForceActivationCollection(TimeSpan ageLimit) => ForceActivationCollection([], ageLimit);

    public Task ForceActivationCollection(SiloAddress[] hostsIds, TimeSpan ageLimit) =>
        Task.WhenAll(Select(AllIfNone(hostsIds)).Select(member => ControlOf(member).Collect(ageLimit)));

    public Task ForceGarbageCollection(SiloAddress[] hostsIds) =>
        Task.WhenAll(Select(AllIfNone(hostsIds)).Select(member => ControlOf(member).CollectGarbage()));

    private IEnumerable<ViewMember> Members => silo.Cluster is { } cluster
        ? cluster.Routes.View.Members
        : [new ViewMember(silo.Address, silo.NodeId, silo.AcceptsActivations ? SiloStatus.Active : SiloStatus.ShuttingDown)];

    private static SiloAddress[]? AllIfNone(SiloAddress[]? hosts) => hosts is { Length: > 0 } ? hosts : null;

    /// <summary>The silos that take grains, of all or of those that are named; this one too while it leaves.</summary>
    private IEnumerable<ViewMember> Select(SiloAddress[]? hosts) => Members
        .Where(member => (member.IsPlaceable || member.Silo.Equals(silo.Address)) && (hosts is null || hosts.Contains(member.Silo)));

    private ISiloControlGrain ControlOf(ViewMember member) => GrainFactory.GetGrain<ISiloControlGrain>(NodeInKey.Format("control", member.NodeId));

    private async Task<T[]> GatherAsync<T>(SiloAddress[]? hosts, Func<ISiloControlGrain, Task<T[]>> ask)
    {
        T[]?[] parts = await Task.WhenAll(Select(hosts).Select(member => AskAsync(member, ask)));
        return [.. parts.SelectMany(static part => part ?? [])];
    }

    /// <summary>The silos on which a grain is active: one, or none.</summary>
    private async Task<List<SiloAddress>> HoldersAsync(IAddressable reference)
    {
        GrainId grain = reference.GetGrainId();
        (SiloAddress Silo, bool Has)[] answers = await Task.WhenAll(Select(null).Select(async member => (member.Silo, await AskAsync(member, control => control.Has(grain)))));
        return [.. answers.Where(static answer => answer.Has).Select(static answer => answer.Silo)];
    }

    /// <summary>What a silo says; the default, and a line in the log, when it does not answer.</summary>
    private async Task<T?> AskAsync<T>(ViewMember member, Func<ISiloControlGrain, Task<T>> ask)
    {
        try
        {
            return await ask(ControlOf(member));
        }
        catch (Exception error) when (error is TimeoutException or OrleansException)
        {
            silo.Log.SiloNotHeard(error, member.Silo);
            return default;
        }
    }

    private MembershipEntry OwnRow()
    {
        ViewMember self = Members.Single();
        return new MembershipEntry
        {
            SiloAddress = self.Silo,
            Status = self.Status,
            SiloName = details.Name,
            HostName = details.DnsHostName,
            StartTime = silo.StartedAt.UtcDateTime,
            IAmAliveTime = silo.Time.GetUtcNow().UtcDateTime,
        };
    }
}
