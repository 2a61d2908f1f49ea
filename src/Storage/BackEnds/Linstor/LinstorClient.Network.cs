using System.Text.Json.Nodes;
using Actors.Storage.BackEnds.Linstor.Mesh;
using Actors.Storage.BackEnds.Rest;

namespace Actors.Storage.BackEnds.Linstor;

internal sealed partial class LinstorClient
{
    /// <summary>Everything of a mesh.</summary>
    public async Task<LinstorNetwork> NetworkAsync(CancellationToken cancellationToken)
    {
        var nodes = RestService.List(await GetAsync("v1/nodes", cancellationToken));
        var connections = RestService.List(await GetAsync("v1/node-connections", cancellationToken));
        var controller = await GetAsync("v1/controller/properties", cancellationToken);
        return new LinstorNetwork(
            nodes.ToDictionary(static node => Text(node, "name"), static node => (IReadOnlyDictionary<string, string>)(node["net_interfaces"] as JsonArray ?? [])
                .ToDictionary(static card => Text(card, "name"), static card => Text(card, "address"))),
            connections.ToDictionary(static one => Sorted(Text(one, "node_a"), Text(one, "node_b")), static one => LinstorProps.All(one["props"])),
            LinstorProps.All(controller));
    }

    /// <summary>Adds a node's interface, or gives one that is there another address.</summary>
    public Task SetInterfaceAsync(string node, string name, string address, bool isThere, CancellationToken cancellationToken)
    {
        var path = $"v1/nodes/{Uri.EscapeDataString(node)}/net-interfaces";
        var body = new JsonObject { ["name"] = name, ["address"] = address };
        return isThere ? ChangeAsync(HttpMethod.Put, $"{path}/{Uri.EscapeDataString(name)}", body, cancellationToken) : ChangeAsync(HttpMethod.Post, path, body, cancellationToken);
    }

    /// <summary>Sets properties of two nodes' connection. LINSTOR wants the names in order.</summary>
    public Task SetConnectionAsync(string one, string other, IEnumerable<KeyValuePair<string, string>> props, CancellationToken cancellationToken)
    {
        var (first, second) = Sorted(one, other);
        return ChangeAsync(HttpMethod.Put, $"v1/node-connections/{Uri.EscapeDataString(first)}/{Uri.EscapeDataString(second)}", Overriding(props), cancellationToken);
    }

    /// <summary>Sets properties of the controller.</summary>
    public Task SetControllerAsync(IEnumerable<KeyValuePair<string, string>> props, CancellationToken cancellationToken) =>
        ChangeAsync(HttpMethod.Post, "v1/controller/properties", Overriding(props), cancellationToken);

    private static JsonObject Overriding(IEnumerable<KeyValuePair<string, string>> props) =>
        new() { ["override_props"] = new JsonObject(props.Select(static pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))) };

    private static (string First, string Second) Sorted(string one, string other) => string.CompareOrdinal(one, other) < 0 ? (one, other) : (other, one);

    private static string Text(JsonNode? json, string name) => (string?)json?[name] ?? throw new FormatException($"something lacks its {name}");
}
