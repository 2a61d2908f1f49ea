namespace Actors.Storage.Policies;

/// <summary>All policies of a source at one moment.</summary>
/// <param name="Policies">Storage policies by name, those with mistakes too.</param>
/// <param name="ErasureCodingPolicies">Erasure coding policies by name.</param>
public sealed record PolicySet(IReadOnlyList<SourcedPolicy> Policies, IReadOnlyList<SourcedErasureCodingPolicy> ErasureCodingPolicies);
