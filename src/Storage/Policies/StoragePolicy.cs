namespace Actors.Storage.Policies;

/// <summary>A policy as somebody wrote it.</summary>
/// <param name="Name">Unique; at most 253 characters, as Kubernetes names objects.</param>
/// <param name="Spec">What it wants.</param>
public sealed record StoragePolicy(string Name, StoragePolicySpec Spec)
{
    /// <summary>Group and version.</summary>
    public const string ApiVersion = "storage.billyronks.io/v1";

    /// <summary>The kind.</summary>
    public const string Kind = "StoragePolicy";
}
