using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Actors.Storage.Tests.BackEnds.Linstor;

/// <summary>Nodes, their interfaces and connections, and the controller's properties: a path has exactly two ends, each an interface that exists, and DRBD's options their ranges.</summary>
internal sealed partial class FakeLinstor
{
    /// <summary>Source: HDR linux/drbd_limits.h, and LINBIT/linstor-common's list of the sections in which LINSTOR takes them.</summary>
    private static readonly Dictionary<string, (long Least, long Most)> Options = new()
    {
        ["DrbdOptions/PeerDevice/resync-rate"] = (1, 8_388_608),
        ["DrbdOptions/PeerDevice/c-max-rate"] = (0, 4_194_304),
        ["DrbdOptions/PeerDevice/c-min-rate"] = (0, 4_194_304),
        ["DrbdOptions/PeerDevice/c-plan-ahead"] = (0, 300),
        ["DrbdOptions/PeerDevice/c-delay-target"] = (1, 100),
        ["DrbdOptions/PeerDevice/c-fill-target"] = (0, 1_048_576),
        ["DrbdOptions/Net/max-buffers"] = (32, 131_072),
        ["DrbdOptions/Net/sndbuf-size"] = (0, 10_485_760),
        ["DrbdOptions/Net/rcvbuf-size"] = (0, 10_485_760),
    };

    /// <summary>Interfaces of each node: addresses by names.</summary>
    public Dictionary<string, Dictionary<string, string>> Interfaces { get; } = [];

    /// <summary>Properties of connections, the lower name first.</summary>
    public Dictionary<(string First, string Second), Dictionary<string, string>> Connections { get; } = [];

    public Dictionary<string, string> Controller { get; } = [];

    private (int, string) AnswerNetwork(string method, string[] parts, JsonNode? body) => (method, parts) switch
    {
        ("GET", ["v1", "nodes"]) => (200, new JsonArray([.. Interfaces.Select(static node => NodeOf(node.Key, node.Value))]).ToJsonString()),
        ("GET", ["v1", "node-connections"]) => (200, new JsonArray([.. Connections.Select(static pair => new JsonObject
        {
            ["node_a"] = pair.Key.First,
            ["node_b"] = pair.Key.Second,
            ["props"] = Json(pair.Value),
            ["flags"] = new JsonArray(),
        })]).ToJsonString()),
        ("GET", ["v1", "controller", "properties"]) => (200, Json(Controller).ToJsonString()),
        (_, ["v1", "nodes", var node, ..]) when !Interfaces.ContainsKey(node) => Refuse(404, $"Node '{node}' not found."),
        ("POST", ["v1", "nodes", var node, "net-interfaces"]) => SetInterface(node, (string)body!["name"]!, (string)body["address"]!, isNew: true),
        ("PUT", ["v1", "nodes", var node, "net-interfaces", var name]) => SetInterface(node, name, (string)body!["address"]!, isNew: false),
        ("PUT", ["v1", "node-connections", var first, var second]) => SetConnection(first, second, body!),
        ("POST", ["v1", "controller", "properties"]) => SetProps(Controller, body!, static _ => false),
        _ => Refuse(404, $"no handler of {method} {string.Join('/', parts)}"),
    };

    private (int, string) SetInterface(string node, string name, string address, bool isNew)
    {
        if (name.Length is < 1 or > 32) return Refuse(400, $"'{name}' is no name of an interface");
        if (!IPAddress.TryParse(address, out _)) return Refuse(400, $"'{address}' is no address");
        if (Interfaces[node].ContainsKey(name) == isNew) return Refuse(isNew ? 500 : 404, $"Network interface '{name}' on node '{node}' {(isNew ? "already exists" : "not found")}.");
        Interfaces[node][name] = address;
        return isNew ? (201, Done().Item2) : Done();
    }

    private (int, string) SetConnection(string first, string second, JsonNode body)
    {
        if (!Interfaces.ContainsKey(first) || !Interfaces.ContainsKey(second)) return Refuse(404, "Node not found.");
        if (string.CompareOrdinal(first, second) >= 0) return Refuse(404, $"Node connection '{first}' '{second}' not found.");
        var props = new Dictionary<string, string>(Connections.GetValueOrDefault((first, second)) ?? []);
        if (SetProps(props, body, key => key.Split('/') is ["Paths", _, var node] && (node == first || node == second)) is { Item1: >= 400 } refused) return refused;
        foreach (var path in props.Keys.Where(static key => key.StartsWith("Paths/", StringComparison.Ordinal)).GroupBy(static key => key.Split('/')[1]))
        {
            if (path.Count() != 2) return Refuse(500, $"The path '{path.Key}' has {path.Count()} nodes, and needs 2.");
            if (path.FirstOrDefault(key => !Interfaces[key.Split('/')[2]].ContainsKey(props[key])) is { } missing) return Refuse(500, $"The network interface '{props[missing]}' of node '{missing.Split('/')[2]}' does not exist!");
        }

        Connections[(first, second)] = props;
        return Done();
    }

    private static (int, string) SetProps(Dictionary<string, string> into, JsonNode body, Func<string, bool> isOther)
    {
        foreach (var (key, value) in body["override_props"]!.AsObject())
        {
            if (isOther(key)) continue;
            if (!Options.TryGetValue(key, out var range)) return Refuse(400, $"Invalid property key: {key}");
            if (!long.TryParse((string)value!, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < range.Least || number > range.Most)
                return Refuse(400, $"Invalid property value: '{value}' for {key}");
        }

        foreach (var (key, value) in body["override_props"]!.AsObject()) into[key] = (string)value!;
        return Done();
    }

    private static JsonObject NodeOf(string name, Dictionary<string, string> interfaces) => new()
    {
        ["name"] = name,
        ["type"] = "SATELLITE",
        ["connection_status"] = "ONLINE",
        ["net_interfaces"] = new JsonArray([.. interfaces.Select(static card => new JsonObject { ["name"] = card.Key, ["address"] = card.Value, ["uuid"] = card.Key })]),
    };

    private static JsonObject Json(Dictionary<string, string> props) => new(props.Select(static pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
}
