using System.Text.Json.Nodes;

namespace Actors.Storage.BackEnds.Mayastor;

/// <summary>A replica, as its volume's replica_topology shows it.</summary>
/// <param name="Id">Its uuid.</param>
/// <param name="Node">Where it lies.</param>
/// <param name="Pool">In which pool.</param>
/// <param name="IsInSync">Online, and a child of the volume's target that has everything. Without a target nobody knows.</param>
/// <param name="IsFaulted">Whether it will not become so by itself.</param>
/// <param name="RebuiltPercent">How much of it has been rebuilt; null when nothing is being rebuilt.</param>
internal sealed record MayastorReplica(string Id, string Node, string Pool, bool IsInSync, bool IsFaulted, int? RebuiltPercent)
{
    public static MayastorReplica From(string id, JsonNode replica)
    {
        var (state, child, rebuilt) = ((string?)replica["state"], (string?)replica["child-status"], (int?)replica["rebuild-progress"]);
        return new MayastorReplica(
            id, (string?)replica["node"] ?? "", (string?)replica["pool"] ?? "", state == "Online" && child == "Online" && rebuilt is null, state == "Faulted" || child == "Faulted", rebuilt);
    }
}
