using Actors.Storage.Policies;
using Orleans;

namespace Actors.Grains.Storage;

public sealed partial class PoliciesGrain
{
    /// <summary>Policies as their source has them; empty until it has been read, and where the silos' own store is the source.</summary>
    private Dictionary<string, SourcedPolicy> _sourced = [];

    private readonly HashSet<(string Id, long Generation)> _answered = [];
    private PolicyFollower? _follower;
    private PolicySet? _mirrored;

    /// <inheritdoc/>
    public async Task Follow()
    {
        if (services.PolicySource is not { } source) return;
        _follower ??= new PolicyFollower(source, this.AsReference<IPoliciesGrain>().Follow, services.Time, logger);
        if (_follower.Latest is not { } latest || ReferenceEquals(latest, _mirrored)) return;
        _mirrored = latest;
        var hasChanged = Mirror(latest);
        foreach (var (name, policy) in _sourced)
            _follower.Post(policy, _statuses[name]);
        foreach (var policy in latest.ErasureCodingPolicies.Where(policy => !policy.IsAnswered && _answered.Add((policy.Id, policy.Generation))))
            _follower.Answer(policy);
        if (!hasChanged) return;
        // First the policies: a status without its policy is dropped by the next activation.
        await StoreAsync(_setWriter);
        await StoreTieringAsync();
        ReconcileSoon();
    }

    /// <summary>Takes over what the source has: what is not in it any more is removed, what has mistakes does nothing.</summary>
    /// <returns>Whether anything has changed.</returns>
    private bool Mirror(PolicySet latest)
    {
        _sourced = latest.Policies.ToDictionary(static policy => policy.Name);
        var hasChanged = false;
        foreach (var gone in set.State.Policies.Keys.Where(name => !_sourced.ContainsKey(name)).ToList())
        {
            DropPolicy(gone);
            hasChanged = true;
        }

        foreach (var policy in latest.Policies)
            hasChanged |= Mirror(policy);
        var erasureCoding = latest.ErasureCodingPolicies.Select(static policy => policy.Name).ToList();
        if (erasureCoding.SequenceEqual(set.State.ErasureCoding)) return hasChanged;
        set.State.ErasureCoding = erasureCoding;
        return true;
    }

    private bool Mirror(SourcedPolicy policy)
    {
        var known = set.State.Policies.GetValueOrDefault(policy.Name);
        var now = StoredPolicy.Of(policy);
        if (known is not null && known.IsSame(now)) return false;
        if (known?.SourceId != policy.Id)
        {
            // Another object than the one of that name before, or one that this store has never seen: it goes on from what it says of itself.
            _statuses[policy.Name] = policy.Status;
            tiering.State.Statuses[policy.Name] = policy.Status.ToJson().ToJsonString();
        }

        set.State.Policies[policy.Name] = now;
        Take(policy.Name, now);
        if (policy.Mistakes.Count > 0) SetStatus(policy.Name, _statuses[policy.Name].With(policy.Mistakes, services.Time.GetUtcNow()) with { ObservedGeneration = policy.Generation, ActiveMigrations = Active(policy.Name) });
        PoliciesLog.Changed(logger, policy.Name, known is null ? "created" : "configured");
        return true;
    }

    private void DropPolicy(string name)
    {
        set.State.Policies.Remove(name);
        tiering.State.Statuses.Remove(name);
        _policies.Remove(name);
        _statuses.Remove(name);
        _invalid.Remove(name);
        services.Metrics.ForgetPolicy(name);
        PoliciesLog.Changed(logger, name, "deleted");
    }

    private int Active(string policy) => tiering.State.Orders.Values.Count(order => order.Policy == policy);

    /// <summary>Has the source show a policy's status, if it is one of its policies.</summary>
    private void Publish(string name, StoragePolicyStatus status)
    {
        if (_follower is not null && _sourced.TryGetValue(name, out var policy)) _follower.Post(policy, status);
    }

    private async Task StopFollowingAsync(CancellationToken token)
    {
        if (_follower is { } follower) await follower.DisposeAsync().AsTask().WaitAsync(token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }
}
