using System.Text.Json.Nodes;

namespace Actors.Storage.BackEnds.Linstor;

/// <summary>A resource with disks, as GET /v1/view/resources shows it.</summary>
/// <param name="Id">Its uuid: a node may have had another one before.</param>
/// <param name="Node">Where it is.</param>
/// <param name="Pool">In which pool, as <see cref="LinstorPool.Name"/>.</param>
/// <param name="IsInSync">Every disk is UpToDate.</param>
/// <param name="IsFaulted">A disk has failed.</param>
/// <param name="IsInUse">Whether somebody has it open.</param>
/// <param name="DonePercent">How much of its disks was synchronised.</param>
internal sealed record LinstorReplica(string Id, string Node, string Pool, bool IsInSync, bool IsFaulted, bool IsInUse, double DonePercent)
{
    public static bool IsDiskless(JsonNode resource) =>
        (resource["flags"] as JsonArray)?.Any(flag => (string?)flag is "DISKLESS" or "DRBD_DISKLESS" or "TIE_BREAKER") ?? false;

    public static LinstorReplica From(JsonNode resource)
    {
        var node = (string?)resource["node_name"] ?? throw new FormatException("a resource lacks its node");
        var volumes = (resource["volumes"] as JsonArray ?? []).Select(volume => volume ?? throw new FormatException("a volume is null")).ToList();
        var states = volumes.Select(volume => (string?)volume["state"]?["disk_state"]).ToList();
        var isGoing = (resource["flags"] as JsonArray)?.Any(flag => (string?)flag is "DELETE" or "DRBD_DELETE") ?? false;
        var pool = (string?)volumes.FirstOrDefault()?["storage_pool_name"] ?? (string?)resource["props"]?["StorPoolName"] ?? "";
        return new LinstorReplica(
            (string?)resource["uuid"] ?? throw new FormatException("a resource lacks its uuid"), node, LinstorPool.NameOf(node, pool),
            states.Count > 0 && states.TrueForAll(state => state == "UpToDate") && !isGoing, states.Contains("Failed"), (bool?)resource["state"]?["in_use"] ?? false,
            volumes.Count == 0 ? 0 : volumes.Average(Done));
    }

    private static double Done(JsonNode volume) => (string?)volume["state"]?["disk_state"] == "UpToDate" ? 100
        : (volume["state"]?["replication_states"] as JsonObject ?? []).Select(peer => (double?)peer.Value?["done_percentage"] ?? 0).DefaultIfEmpty(0).Max();
}
