using System.Text.Json.Nodes;

namespace Actors.Storage.BackEnds.Mayastor;

/// <summary>A node, as GET /nodes shows it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="IsOnline">Whether it answers.</param>
/// <param name="Cordons">Labels under which it takes no new replica; one that is drained has those too.</param>
internal sealed record MayastorNode(string Id, bool IsOnline, IReadOnlyList<string> Cordons)
{
    public static MayastorNode From(JsonNode node)
    {
        var closed = node["spec"]?["cordondrainstate"] as JsonObject;
        var labels = closed?.SelectMany(state => ((string[])["cordonlabels", "drainlabels"]).SelectMany(name => state.Value?[name] as JsonArray ?? [])).Select(label => (string?)label ?? "");
        return new MayastorNode((string?)node["id"] ?? throw new FormatException("a node lacks its id"), (string?)node["state"]?["status"] == "Online", labels is null ? [] : [.. labels]);
    }
}
