namespace Actors.Storage.Migrations;

/// <summary>A volume as its back end shows it at the moment; read again before every step.</summary>
/// <param name="Replicas">All of its replicas, those that are not finished too.</param>
/// <param name="ActiveReplica">The one that the volume runs on; null where it runs on all alike.</param>
/// <param name="IsCopying">Whether a replica is being filled.</param>
/// <param name="SpeedBytesPerSecond">At which rate.</param>
/// <param name="IsTargetPoolUsable">Whether the target pool is online and has room.</param>
/// <param name="CopiedBytes">What the copy that runs has copied since it was started, to the byte and whether or not it is durable; null when nobody counts.</param>
public sealed record VolumeView(
    IReadOnlyList<ReplicaView> Replicas, string? ActiveReplica, bool IsCopying, long SpeedBytesPerSecond, bool IsTargetPoolUsable, long? CopiedBytes = null);
