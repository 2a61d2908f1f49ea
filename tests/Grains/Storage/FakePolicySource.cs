using System.Runtime.CompilerServices;
using Actors.Storage.Policies;

namespace Actors.Grains.Tests.Storage;

/// <summary>A place in which people keep policies, as the test fills it; it outlives the silos.</summary>
internal sealed class FakePolicySource : IPolicySource
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, SourcedPolicy> _policies = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SourcedErasureCodingPolicy> _erasureCoding = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoragePolicyStatus> _statuses = [];
    private TaskCompletionSource _changed = New();
    private int _made;

    public string Name => "Elsewhere";

    /// <summary>Whether statuses are refused.</summary>
    public bool IsReadOnly { get; set; }

    /// <summary>Who follows at this moment, and how many ever did at once.</summary>
    public int Followers { get; private set; }

    public int MostFollowers { get; private set; }

    public List<string> Answered { get; } = [];

    /// <summary>Writes a policy as people do.</summary>
    public void Put(string name, string extra = "")
    {
        var mistakes = new List<string>();
        var policy = PolicyFile.Read(PolicyYaml.Read(TieringSilo.Yaml(name, extra), out _).Single(), mistakes);
        lock (_gate)
        {
            var known = _policies.GetValueOrDefault(name);
            _policies[name] = new SourcedPolicy(name, known?.Id ?? $"id-{++_made}", 1 + (known?.Generation ?? 0), policy, mistakes, _statuses.GetValueOrDefault(name, new()));
            Change();
        }
    }

    public void PutErasureCoding(string name)
    {
        lock (_gate)
        {
            _erasureCoding[name] = new SourcedErasureCodingPolicy(name, $"id-{++_made}", 1, IsAnswered: false);
            Change();
        }
    }

    public void Remove(string name)
    {
        lock (_gate)
        {
            _policies.Remove(name);
            _erasureCoding.Remove(name);
            _statuses.Remove(name);
            Change();
        }
    }

    /// <summary>What the source shows of a policy; null: nothing yet.</summary>
    public StoragePolicyStatus? StatusOf(string name)
    {
        lock (_gate) return _statuses.GetValueOrDefault(name);
    }

    public void SetStatus(string name, StoragePolicyStatus status)
    {
        lock (_gate) _statuses[name] = status;
    }

    public async IAsyncEnumerable<PolicySet> WatchAsync([EnumeratorCancellation] CancellationToken stopping)
    {
        lock (_gate) MostFollowers = Math.Max(MostFollowers, ++Followers);
        try
        {
            while (true)
            {
                Task changed;
                PolicySet set;
                lock (_gate) (changed, set) = (_changed.Task, new PolicySet([.. _policies.Values], [.. _erasureCoding.Values]));
                yield return set;
                await changed.WaitAsync(stopping);
            }
        }
        finally
        {
            lock (_gate) Followers--;
        }
    }

    public Task<bool> WriteStatusAsync(SourcedPolicy policy, StoragePolicyStatus status, CancellationToken token)
    {
        if (IsReadOnly) throw new PolicySourceException("it is read-only", false, null);
        lock (_gate)
        {
            if (_policies.GetValueOrDefault(policy.Name)?.Id != policy.Id) return Task.FromResult(false);
            _statuses[policy.Name] = status;
            return Task.FromResult(true);
        }
    }

    public Task<bool> AnswerAsync(SourcedErasureCodingPolicy policy, DateTimeOffset now, CancellationToken token)
    {
        lock (_gate) Answered.Add(policy.Name);
        return Task.FromResult(true);
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Change()
    {
        _changed.SetResult();
        _changed = New();
    }
}
