using Actors.Grains.Work;
using Orleans;

namespace Actors.Grains.Storage;

/// <summary>The policies that were applied.</summary>
[GenerateSerializer, Alias("Actors.Storage.PoliciesState")]
public sealed class PoliciesState : IHasWork
{
    /// <summary>Storage policies by name.</summary>
    [Id(0)] public Dictionary<string, StoredPolicy> Policies { get; set; } = [];

    /// <summary>Names of erasure coding policies: kept, and not supported.</summary>
    [Id(1)] public List<string> ErasureCoding { get; set; } = [];

    /// <inheritdoc/>
    public bool HasWork => Policies.Count > 0;
}
