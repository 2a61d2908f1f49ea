using System.Text.Json.Nodes;
using Actors.Grains.Work;
using Actors.Storage.Policies;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Storage;

namespace Actors.Grains.Storage;

/// <summary>
/// Owns the policies and reconciles all of them together: they share one list of volumes, one round of questions about heat, and the pools'
/// room, which no two of them may give away twice.
/// </summary>
/// <remarks>
/// Reentrant, because a look at Prometheus may take half a minute; what is decided is decided between two awaits, from what is true then, and is stored
/// before any volume is told. An order stays until its end is told, and is given again until it is taken, so a death between the two loses nothing.
/// No migration is awaited.
/// </remarks>
/// <param name="set">The policies.</param>
/// <param name="tiering">Volumes, orders and statuses.</param>
/// <param name="services">What grains share.</param>
/// <param name="logger">Told what happens.</param>
[GrainType("storage.policies"), Reentrant]
public sealed partial class PoliciesGrain(
    [PersistentState("policies")] IPersistentState<PoliciesState> set,
    [PersistentState("tiering")] IPersistentState<TieringState> tiering,
    TieringServices services,
    ILogger<PoliciesGrain> logger) : Grain, IPoliciesGrain, IWakeable
{
    private readonly StateWriter<PoliciesState> _setWriter = new(set);
    private readonly StateWriter<TieringState> _tieringWriter = new(tiering);
    private readonly SortedDictionary<string, StoragePolicy> _policies = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoragePolicyStatus> _statuses = [];

    /// <summary>Policies that an earlier build stored and this one does not take, with their mistakes.</summary>
    private readonly SortedDictionary<string, string> _invalid = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        foreach (var (name, policy) in set.State.Policies)
            Take(name, policy);
        foreach (var gone in tiering.State.Statuses.Keys.Where(name => !set.State.Policies.ContainsKey(name)).ToList())
            tiering.State.Statuses.Remove(gone);
        _stored.UnionWith(tiering.State.Orders.Values.Select(static order => order.Id));
        ReconcileSoon();
        return base.OnActivateAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        services.Metrics.CountNoMore();
        await StopFollowingAsync(cancellationToken);
        await base.OnDeactivateAsync(reason, cancellationToken);
    }

    /// <inheritdoc/>
    public Task Wake() => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task<PolicyChanges> Apply(string text)
    {
        if (services.PoliciesKeptElsewhere is { } elsewhere) return new PolicyChanges { Mistakes = [elsewhere] };
        var file = PolicyFile.Read(text);
        if (file.Mistakes.Count > 0) return new PolicyChanges { Mistakes = [.. file.Mistakes] };
        var changes = new List<PolicyChange>();
        foreach (var policy in file.Policies)
        {
            var json = PolicyFile.Write(policy).ToJsonString();
            var known = set.State.Policies.GetValueOrDefault(policy.Name);
            var change = known is null ? "created" : known.Json == json ? "unchanged" : "configured";
            changes.Add(new PolicyChange { Kind = StoragePolicy.Kind, Name = policy.Name, Change = change });
            if (change == "unchanged") continue;
            set.State.Policies[policy.Name] = new StoredPolicy { Json = json, Generation = (known?.Generation ?? 0) + 1 };
            Take(policy.Name, set.State.Policies[policy.Name]);
            PoliciesLog.Changed(logger, policy.Name, change);
        }

        foreach (var name in file.ErasureCodingPolicies)
        {
            var isNew = !set.State.ErasureCoding.Contains(name);
            changes.Add(new PolicyChange { Kind = PolicyFile.ErasureCodingKind, Name = name, Change = isNew ? "created" : "unchanged" });
            if (isNew) set.State.ErasureCoding.Add(name);
        }

        await StoreAsync(_setWriter);
        ReconcileSoon();
        return new PolicyChanges { Changes = [.. changes] };
    }

    /// <inheritdoc/>
    public async Task<bool> Delete(string name)
    {
        if (services.PoliciesKeptElsewhere is not null) return false;
        var isGone = set.State.Policies.Remove(name) | set.State.ErasureCoding.Remove(name);
        if (!isGone) return false;
        _policies.Remove(name);
        _statuses.Remove(name);
        _invalid.Remove(name);
        services.Metrics.ForgetPolicy(name);
        PoliciesLog.Changed(logger, name, "deleted");
        await StoreAsync(_setWriter);
        if (tiering.State.Statuses.Remove(name)) await StoreTieringAsync();
        ReconcileSoon();
        return true;
    }

    /// <inheritdoc/>
    public Task<PolicyReport[]> Read() => Task.FromResult<PolicyReport[]>(
    [
        .. _policies.Values.Select(policy => new PolicyReport
        {
            Name = policy.Name,
            Kind = StoragePolicy.Kind,
            Json = Describe(policy).ToJsonString(),
        }),
        .. _invalid.Select(one => new PolicyReport
        {
            Name = one.Key,
            Kind = StoragePolicy.Kind,
            Json = DescribeInvalid(one.Key, one.Value).ToJsonString(),
        }),
        .. set.State.ErasureCoding.Order(StringComparer.Ordinal).Select(name => new PolicyReport
        {
            Name = name,
            Kind = PolicyFile.ErasureCodingKind,
            Json = DescribeErasureCoding(name).ToJsonString(),
        }),
    ]);

    /// <inheritdoc/>
    public async Task Ended(MigrationEnd end)
    {
        ArgumentNullException.ThrowIfNull(end);
        if (tiering.State.Orders.GetValueOrDefault(end.Volume) is not { } order || order.Id != end.Id)
        {
            // It was told before, and the answer was lost.
            PoliciesLog.UnknownEnd(logger, end.Id, end.Volume);
            return;
        }

        tiering.State.Orders.Remove(end.Volume);
        _begun.Remove(order.Id);
        if (order.Policy is { } policy && _statuses.TryGetValue(policy, out var status))
        {
            SetStatus(policy, status.With(new MigrationRecord(
                end.Volume,
                DateTimeOffset.FromUnixTimeMilliseconds(end.EndedAtMs),
                order.FromTier,
                order.ToTier,
                order.TriggerIops,
                PolicyDuration.Describe(TimeSpan.FromMilliseconds(Math.Max(0, end.EndedAtMs - order.DecidedAtMs))),
                end.IsDone,
                end.Error)) with
            { ActiveMigrations = ActiveOf(policy) });
        }

        await StoreTieringAsync();
        services.Metrics.Ended(end);
        Count();
    }

    private JsonObject Describe(StoragePolicy policy)
    {
        var json = PolicyFile.Write(policy);
        json["metadata"]!["generation"] = set.State.Policies[policy.Name].Generation;
        json["status"] = (_statuses.GetValueOrDefault(policy.Name) ?? new()).ToJson();
        return json;
    }

    private JsonObject DescribeInvalid(string name, string mistakes)
    {
        var json = JsonNode.Parse(set.State.Policies[name].Json)!.AsObject();
        if (set.State.Policies[name].Mistakes is not null)
        {
            json.Remove("spec");
            json["status"] = _statuses[name].ToJson();
            return json;
        }

        json["status"] = ((_statuses.GetValueOrDefault(name) ?? new()) with { Phase = PolicyPhase.Error })
            .With(new PolicyCondition("Ready", "False", services.Time.GetUtcNow(), "Invalid", $"Nothing moves by it; apply it again without its mistakes: {mistakes}")).ToJson();
        return json;
    }

    private JsonObject DescribeErasureCoding(string name) => new()
    {
        ["apiVersion"] = StoragePolicy.ApiVersion,
        ["kind"] = PolicyFile.ErasureCodingKind,
        ["metadata"] = new JsonObject { ["name"] = name },
        ["status"] = new StoragePolicyStatus { Phase = PolicyPhase.Error }
            .With(PolicyCondition.ErasureCodingNotSupported(services.Time.GetUtcNow())).ToJson(),
    };

    private void Take(string name, StoredPolicy stored)
    {
        List<string> mistakes = [.. stored.Mistakes ?? []];
        // What an earlier build took and this one does not stays where it is, and does nothing.
        if (mistakes.Count == 0 && PolicyFile.Read(JsonNode.Parse(stored.Json)!, mistakes) is { } policy)
        {
            _policies[name] = policy;
            _invalid.Remove(name);
        }
        else
        {
            _policies.Remove(name);
            _invalid[name] = string.Join("; ", mistakes);
        }

        if (!_statuses.ContainsKey(name))
            _statuses[name] = StoragePolicyStatus.FromJson(tiering.State.Statuses.GetValueOrDefault(name) is { } text ? JsonNode.Parse(text) : null);
    }

    /// <returns>Whether it says anything new but the time.</returns>
    private bool SetStatus(string policy, StoragePolicyStatus status)
    {
        _statuses[policy] = status;
        Publish(policy, status);
        var json = status.ToJson();
        var before = tiering.State.Statuses.GetValueOrDefault(policy) is { } text ? JsonNode.Parse(text)!.AsObject() : [];
        var isNew = !JsonNode.DeepEquals(WithoutTime(json), WithoutTime(before));
        if (isNew) tiering.State.Statuses[policy] = status.ToJson().ToJsonString();
        return isNew;
    }

    private static JsonObject WithoutTime(JsonObject status)
    {
        status.Remove("lastReconcileTime");
        return status;
    }

    private async Task StoreAsync<T>(StateWriter<T> writer)
    {
        await LookAnew(); // what was seen is not so any more
        try
        {
            await writer.WriteAsync();
        }
        catch (Exception failure) when (failure is OrleansException)
        {
            // What is in memory is ahead of what is stored: another activation reads that and goes on from there.
            if (failure is not InconsistentStateException) PoliciesLog.Failed(logger, failure, 0);
            DeactivateOnIdle();
            throw;
        }
    }
}
