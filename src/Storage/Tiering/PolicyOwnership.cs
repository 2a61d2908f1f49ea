using Actors.Storage.Policies;

namespace Actors.Storage.Tiering;

/// <summary>Which policy decides over a volume.</summary>
/// <param name="Owner">The one that has it; null when none wants it.</param>
/// <param name="Others">Others that want it too, in their order; each of them has a condition that says so.</param>
public sealed record PolicyOwnership(StoragePolicy? Owner, IReadOnlyList<StoragePolicy> Others)
{
    /// <summary>Of the enabled policies that select the volume the one with the highest priority has it, then the first by name.</summary>
    public static PolicyOwnership Of(VolumeFacts volume, IEnumerable<StoragePolicy> policies) => new PolicyOrder(policies).Of(volume);
}
