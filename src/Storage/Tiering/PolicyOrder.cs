using Actors.Storage.Policies;

namespace Actors.Storage.Tiering;

/// <summary>The enabled policies in the order in which they may have a volume, by storage class: put in order once, and asked for each volume.</summary>
public sealed class PolicyOrder
{
    private readonly Dictionary<string, StoragePolicy[]> _byClass;

    /// <param name="policies">All policies.</param>
    public PolicyOrder(IEnumerable<StoragePolicy> policies) => _byClass = policies.Where(static policy => policy.Spec.Enabled)
        .OrderByDescending(static policy => policy.Spec.Priority).ThenBy(static policy => policy.Name, StringComparer.Ordinal)
        .GroupBy(static policy => policy.Spec.StorageClassName).ToDictionary(static group => group.Key, static group => group.ToArray(), StringComparer.Ordinal);

    /// <summary>Who has a volume, and who wants it too.</summary>
    public PolicyOwnership Of(VolumeFacts volume)
    {
        if (!_byClass.TryGetValue(volume.StorageClass, out var policies)) return new PolicyOwnership(null, []);
        StoragePolicy? owner = null;
        List<StoragePolicy>? others = null;
        foreach (var policy in policies)
        {
            if (policy.Spec.VolumeSelector?.Matches(volume.Labels) == false) continue;
            if (owner is null) owner = policy;
            else (others ??= []).Add(policy);
        }

        return new PolicyOwnership(owner, others ?? (IReadOnlyList<StoragePolicy>)[]);
    }
}
