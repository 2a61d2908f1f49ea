namespace Actors.Storage.Tiering;

/// <summary>A volume as its back end describes it.</summary>
/// <param name="Name">Unique; as the metrics' label names it.</param>
/// <param name="StorageClass">Its storage class.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="SizeBytes">Its size, which a copy takes in a pool.</param>
/// <param name="Pools">The pools in which its replicas lie, one each.</param>
/// <param name="IsHealthy">Whether every replica is online and in sync.</param>
/// <param name="IsMoving">Whether a migration of it is under way.</param>
public sealed record VolumeFacts(
    string Name, string StorageClass, IReadOnlyDictionary<string, string> Labels, long SizeBytes, IReadOnlyList<string> Pools, bool IsHealthy, bool IsMoving);
