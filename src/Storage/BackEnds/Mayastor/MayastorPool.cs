using System.Text.Json.Nodes;

namespace Actors.Storage.BackEnds.Mayastor;

/// <summary>A pool, as GET /pools shows it.</summary>
internal sealed record MayastorPool(string Id, string Node, IReadOnlyDictionary<string, string> Labels, bool IsOnline, long CapacityBytes, long FreeBytes)
{
    public static MayastorPool From(JsonNode pool)
    {
        var (spec, state) = (pool["spec"], pool["state"]);
        return new MayastorPool(
            (string?)pool["id"] ?? throw new FormatException("a pool lacks its id"),
            (string?)(state?["node"] ?? spec?["node"]) ?? "",
            (spec?["labels"] as JsonObject)?.ToDictionary(label => label.Key, label => (string?)label.Value ?? "") ?? [],
            (string?)state?["status"] == "Online" && (string?)spec?["status"] is null or "Created",
            (long?)state?["capacity"] ?? 0,
            Math.Max(0, ((long?)state?["capacity"] ?? 0) - ((long?)state?["used"] ?? 0)));
    }
}
