using Actors.Storage.Policies;

namespace Actors.Storage.Tiering;

/// <summary>Which policy decides over a volume.</summary>
/// <param name="Owner">The one that has it; null when none wants it.</param>
/// <param name="Others">Others that want it too, in their order; each of them has a condition that says so.</param>
public sealed record PolicyOwnership(StoragePolicy? Owner, IReadOnlyList<StoragePolicy> Others)
{
    /// <summary>Of the enabled policies that select the volume the one with the highest priority has it, then the first by name.</summary>
    public static PolicyOwnership Of(VolumeFacts volume, IEnumerable<StoragePolicy> policies)
    {
        var wanting = policies.Where(policy => policy.Spec.Enabled && Selects(policy.Spec, volume))
            .OrderByDescending(policy => policy.Spec.Priority).ThenBy(policy => policy.Name, StringComparer.Ordinal).ToList();
        return new PolicyOwnership(wanting.FirstOrDefault(), [.. wanting.Skip(1)]);
    }

    /// <summary>Whether a policy is about a volume: its storage class and its selector, both.</summary>
    public static bool Selects(StoragePolicySpec spec, VolumeFacts volume) =>
        spec.StorageClassName == volume.StorageClass && (spec.VolumeSelector is null || spec.VolumeSelector.Matches(volume.Labels));
}
