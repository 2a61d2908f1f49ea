namespace Actors.Storage.Migrations;

/// <summary>A replica as its back end shows it at the moment.</summary>
/// <param name="Id">Unique among the volume's replicas, also of past ones.</param>
/// <param name="Pool">Where it lies.</param>
/// <param name="IsInSync">It has everything and is online.</param>
/// <param name="IsFaulted">It will not become so without somebody's help.</param>
/// <param name="IsVerified">It was compared, or the back end needs no comparison.</param>
/// <param name="SyncedBytes">How much of it is filled.</param>
public sealed record ReplicaView(string Id, string Pool, bool IsInSync, bool IsFaulted, bool IsVerified, long SyncedBytes);
