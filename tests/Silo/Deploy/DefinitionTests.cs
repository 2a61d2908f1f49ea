using System.Text.Json.Nodes;
using Actors.Silo.Tests.Stores.Kubernetes;
using Orleans.Runtime;

namespace Actors.Silo.Tests.Deploy;

/// <summary>The custom resource's definition is what the silos write.</summary>
public sealed class DefinitionTests : IAsyncLifetime
{
    private KubernetesRig _rig = null!;
    private JsonNode _definition = null!;

    public async ValueTask InitializeAsync()
    {
        _rig = await KubernetesRig.StartAsync();
        _definition = (await Manifests.ReadAsync()).Find("CustomResourceDefinition", "clustermemberships.actors.billyronks.io")["spec"]!;
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task The_schema_has_exactly_the_members_that_are_written()
    {
        var written = await WriteAsync();
        Assert.Equal(Declared(Schema["properties"]!["spec"]!, "spec").Order(), Paths(written["spec"]!, "spec").Distinct().Order());
    }

    [Fact]
    public async Task The_names_are_those_that_the_silos_ask_for()
    {
        var written = await WriteAsync();
        var version = _definition["versions"]!.AsArray().Single()!;
        Assert.Equal(((string?)_definition["names"]!["kind"], $"{_definition["group"]}/{version["name"]}"), ((string?)written["kind"], (string?)written["apiVersion"]));
        Assert.Equal(("Namespaced", true, true), ((string?)_definition["scope"], (bool?)version["served"], (bool?)version["storage"]));
        var asked = Assert.Single(_rig.Server.Accesses.Where(static access => access.Verb == "update").Select(static access => (access.Group, access.Resource)).Distinct());
        Assert.Equal(((string?)_definition["group"], (string?)_definition["names"]!["plural"]), asked);
    }

    [Fact]
    public void Every_status_of_a_silo_may_be_written() => Assert.Equal(
        Enum.GetNames<SiloStatus>(),
        Schema["properties"]!["spec"]!["properties"]!["silos"]!["items"]!["properties"]!["status"]!["enum"]!.AsArray().Select(static status => (string?)status));

    private JsonNode Schema => _definition["versions"]!.AsArray().Single()!["schema"]!["openAPIV3Schema"]!;

    private async Task<JsonObject> WriteAsync()
    {
        var table = await _rig.InitializedAsync();
        var full = Silos.Entry(1);
        full.RoleName = "all";
        full.AddSuspector(Silos.Entry(2).SiloAddress, new DateTime(2026, 7, 1, 0, 0, 0, DateTimeKind.Utc));
        await Silos.InsertAsync(table, full);
        await Silos.InsertAsync(table, Silos.Entry(2));
        JsonObject written = [];
        _rig.Server.Edit(json => written = (JsonObject)json.DeepClone());
        return written;
    }

    private static IEnumerable<string> Declared(JsonNode schema, string path) => (string?)schema["type"] switch
    {
        "object" => schema["properties"]!.AsObject().SelectMany(pair => Declared(pair.Value!, $"{path}.{pair.Key}")),
        "array" => Declared(schema["items"]!, path + "[]"),
        _ => [path],
    };

    private static IEnumerable<string> Paths(JsonNode? json, string path) => json switch
    {
        JsonObject members => members.SelectMany(pair => Paths(pair.Value, $"{path}.{pair.Key}")),
        JsonArray items => items.SelectMany(item => Paths(item, path + "[]")),
        _ => [path],
    };
}
