using Actors.Storage.Policies;
using Orleans;

namespace Actors.Grains.Storage;

/// <summary>A policy as it is stored: in the form of its custom resource, so that what can be read there can be read here.</summary>
[GenerateSerializer, Alias("Actors.Storage.StoredPolicy")]
public sealed class StoredPolicy
{
    /// <summary>The object without its status, as JSON.</summary>
    [Id(0)] public string Json { get; set; } = "";

    /// <summary>Rises with each change of the spec, from 1.</summary>
    [Id(1)] public long Generation { get; set; }

    /// <summary>The object's id where it is kept; null where it is kept here.</summary>
    [Id(2)] public string? SourceId { get; set; }

    /// <summary>Every mistake in it where it is kept elsewhere, and then its spec is left out; null when there is none.</summary>
    [Id(3)] public string[]? Mistakes { get; set; }

    /// <summary>A policy that is kept elsewhere.</summary>
    public static StoredPolicy Of(SourcedPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return new()
        {
            Json = (policy.Policy is { } read ? PolicyFile.Write(read) : PolicyFile.Write(new StoragePolicy(policy.Name, new StoragePolicySpec()))).ToJsonString(),
            Generation = policy.Generation,
            SourceId = policy.Id,
            Mistakes = policy.Mistakes.Count == 0 ? null : [.. policy.Mistakes],
        };
    }

    /// <summary>Whether both say the same.</summary>
    public bool IsSame(StoredPolicy other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return (Json, Generation, SourceId) == (other.Json, other.Generation, other.SourceId) && (Mistakes ?? []).SequenceEqual(other.Mistakes ?? []);
    }
}
