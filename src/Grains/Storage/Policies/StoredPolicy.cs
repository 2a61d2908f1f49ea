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
}
