using System.Text.Json.Nodes;

namespace Actors.Storage.BackEnds.Linstor;

/// <summary>A storage pool of a node, as GET /v1/view/storage-pools shows it.</summary>
/// <param name="Name">Node and pool, for LINSTOR gives pools of several nodes one name: <c>node/pool</c>.</param>
internal sealed record LinstorPool(string Name, string Node, string Pool, IReadOnlyDictionary<string, string> Labels, bool IsUsable, long CapacityBytes, long FreeBytes)
{
    private const ulong ErrorMask = 0xC000_0000_0000_0000;

    public static LinstorPool From(JsonNode pool)
    {
        var (node, name) = ((string?)pool["node_name"], (string?)pool["storage_pool_name"]);
        if (node is null || name is null) throw new FormatException("a storage pool lacks its names");
        var isBroken = (pool["reports"] as JsonArray)?.Any(report => report?["ret_code"] is { } code && ((ulong)code.GetValue<long>() & ErrorMask) == ErrorMask) ?? false;
        return new LinstorPool(
            NameOf(node, name), node, name, LinstorProps.Labels(pool["props"]), (string?)pool["provider_kind"] != "DISKLESS" && !isBroken && pool["free_capacity"] is not null,
            ((long?)pool["total_capacity"] ?? 0) * 1_024, ((long?)pool["free_capacity"] ?? 0) * 1_024);
    }

    public static string NameOf(string node, string pool) => $"{node}/{pool}";
}
