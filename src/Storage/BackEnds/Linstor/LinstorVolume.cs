using System.Text.Json.Nodes;

namespace Actors.Storage.BackEnds.Linstor;

/// <summary>A resource definition with its resources.</summary>
/// <param name="Name">Its name.</param>
/// <param name="StorageClass">Its property <c>Aux/storageClass</c>, or its resource group.</param>
/// <param name="Labels">Its properties below <c>Aux/</c>.</param>
/// <param name="Props">All of its properties.</param>
/// <param name="SizeBytes">All of its volumes together.</param>
/// <param name="Replicas">Its resources with disks.</param>
/// <param name="DisklessNodes">Nodes that reach it without a disk.</param>
internal sealed record LinstorVolume(
    string Name, string StorageClass, IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Props, long SizeBytes,
    IReadOnlyList<LinstorReplica> Replicas, IReadOnlyList<string> DisklessNodes)
{
    public static LinstorVolume From(JsonNode definition, IEnumerable<JsonNode> resources)
    {
        var all = resources.ToList();
        var labels = LinstorProps.Labels(definition["props"]);
        return new LinstorVolume(
            (string?)definition["name"] ?? throw new FormatException("a resource definition lacks its name"),
            labels.GetValueOrDefault("storageClass") ?? (string?)definition["resource_group_name"] ?? "",
            labels, LinstorProps.All(definition["props"]),
            (definition["volume_definitions"] as JsonArray ?? []).Sum(volume => (long?)volume?["size_kib"] ?? 0) * 1_024,
            [.. all.Where(resource => !LinstorReplica.IsDiskless(resource)).Select(resource => LinstorReplica.From(resource, all)).OrderBy(replica => replica.Node, StringComparer.Ordinal)],
            [.. all.Where(LinstorReplica.IsDiskless).Select(resource => (string?)resource["node_name"] ?? "")]);
    }

    public LinstorReplica? Find(string? id) => Replicas.FirstOrDefault(replica => replica.Id == id);
}
