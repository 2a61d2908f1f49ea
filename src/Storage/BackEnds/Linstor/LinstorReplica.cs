using System.Text.Json.Nodes;

namespace Actors.Storage.BackEnds.Linstor;

/// <summary>A resource with disks, as GET /v1/view/resources shows it.</summary>
/// <param name="Id">Its uuid: a node may have had another one before.</param>
/// <param name="Node">Where it is.</param>
/// <param name="Pool">In which pool, as <see cref="LinstorPool.Name"/>.</param>
/// <param name="IsWhole">Every disk is UpToDate, by its own node, and no peer sends it what it lacks.</param>
/// <param name="IsFilled">A peer sends it what it lacks, or is about to.</param>
/// <param name="IsInSync">It is whole, and connected to all that hold or use the volume: a node that lost the writer may go on calling itself UpToDate.</param>
/// <param name="IsFaulted">A disk has failed.</param>
/// <param name="IsInUse">Whether somebody has it open.</param>
/// <param name="DonePercent">How much of its disks was synchronised.</param>
internal sealed record LinstorReplica(string Id, string Node, string Pool, bool IsWhole, bool IsFilled, bool IsInSync, bool IsFaulted, bool IsInUse, double DonePercent)
{
    // Those in which a node has everything that its peer has. Source: drbdsetup-events2(1), replication states.
    private static readonly HashSet<string> WholeStates = ["Established", "Off", "StartingSyncS", "WFBitMapS", "SyncSource", "PausedSyncS", "VerifyS", "VerifyT", "Ahead"];

    // Those in which a peer sends a node what it lacks, or begins to, or waits for its turn.
    private static readonly HashSet<string> FilledStates = ["StartingSyncT", "WFBitMapT", "SyncTarget", "PausedSyncT"];

    public static bool IsDiskless(JsonNode resource) => HasFlag(resource, "DISKLESS", "DRBD_DISKLESS", "TIE_BREAKER");

    /// <param name="resource">The resource.</param>
    /// <param name="all">All resources of its definition, this one too.</param>
    public static LinstorReplica From(JsonNode resource, IReadOnlyList<JsonNode> all)
    {
        var node = NodeOf(resource);
        var volumes = Volumes(resource);
        var pool = (string?)volumes.FirstOrDefault()?["storage_pool_name"] ?? (string?)resource["props"]?["StorPoolName"] ?? "";
        // One that is being made has nothing that this one could lack, and one that is being deleted is not missed.
        var peers = all.Where(other => NodeOf(other) != node && !IsGoing(other) && (IsDiskless(other) || HasAll(other)));
        return new LinstorReplica(
            (string?)resource["uuid"] ?? throw new FormatException("a resource lacks its uuid"), node, LinstorPool.NameOf(node, pool), HasAll(resource),
            volumes.Exists(volume => Replication(volume).Any(peer => FilledStates.Contains((string?)peer.Value?["replication_state"] ?? ""))),
            HasAll(resource) && peers.All(peer => IsConnected(resource, NodeOf(peer))), volumes.Any(volume => DiskState(volume) == "Failed"), (bool?)resource["state"]?["in_use"] ?? false,
            volumes.Count == 0 ? 0 : volumes.Average(Done));
    }

    private static bool HasAll(JsonNode resource) => Volumes(resource) is { Count: > 0 } volumes && !IsGoing(resource)
        && volumes.TrueForAll(volume => DiskState(volume) == "UpToDate" && Replication(volume).All(peer => WholeStates.Contains((string?)peer.Value?["replication_state"] ?? "")));

    private static bool IsConnected(JsonNode resource, string peer) =>
        FindDrbd(resource["layer_object"])?["connections"]?[peer] is { } connection && (bool?)connection["connected"] == true && (string?)connection["message"] == "Connected";

    private static JsonNode? FindDrbd(JsonNode? layer) =>
        layer?["drbd"] ?? (layer?["children"] as JsonArray)?.Select(FindDrbd).FirstOrDefault(found => found is not null);

    private static List<JsonNode> Volumes(JsonNode resource) => [.. (resource["volumes"] as JsonArray ?? []).Select(volume => volume ?? throw new FormatException("a volume is null"))];

    private static string? DiskState(JsonNode volume) => (string?)volume["state"]?["disk_state"];

    private static JsonObject Replication(JsonNode volume) => volume["state"]?["replication_states"] as JsonObject ?? [];

    private static double Done(JsonNode volume) => DiskState(volume) == "UpToDate" ? 100 : Replication(volume).Select(peer => (double?)peer.Value?["done_percentage"] ?? 0).DefaultIfEmpty(0).Max();

    private static bool IsGoing(JsonNode resource) => HasFlag(resource, "DELETE", "DRBD_DELETE");

    private static bool HasFlag(JsonNode resource, params string[] flags) => (resource["flags"] as JsonArray)?.Any(flag => flags.Contains((string?)flag)) ?? false;

    private static string NodeOf(JsonNode resource) => (string?)resource["node_name"] ?? throw new FormatException("a resource lacks its node");
}
