using System.Net;
using System.Text.Json;
using Actors.Grains.Tests.Storage;
using Actors.Grains.Tests.Support;
using Actors.Silo.Tests.Support;
using Actors.Storage.Heat;
using Actors.Storage.Tests.BackEnds.Linstor;
using Actors.Storage.Tests.BackEnds.Mayastor;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Silo.Tests.BackEnds;

/// <summary>Whole silos that are given Mayastor and LINSTOR by their options, against services that enforce their rules.</summary>
[Collection(nameof(SiloRig))]
public sealed class RestBackEndTests
{
    private const string Root = "/api/v1/storage";

    private static readonly string[] Options =
        ["--Storage:StepIntervalMs=20", "--Storage:ShareTimeToLiveMs=100", "--Storage:SoakSeconds=0", "--Storage:StartPauseSeconds=0", "--Storage:Readings=1", "--Storage:MaxCopyBytesPerSecond=1000000000000"];

    [Fact]
    public async Task A_volume_of_LINSTOR_moves_by_request_and_is_charged_to_the_link_of_its_nodes()
    {
        await using var linstor = new FakeLinstor();
        foreach (var place in ((string, string)[])[("n1", "cold"), ("n2", "cold"), ("n3", "hot")]) linstor.Pools[place] = new(50_000_000);
        linstor.Definitions["v"] = new(1_000_000);
        linstor.Add("v", "n1", "cold");
        linstor.Add("v", "n2", "cold");
        await using var rig = new SiloRig(null, [.. Options, "--Storage:BackEnd=linstor", $"--Linstor:Address={linstor.Address}", "--Storage:Links=ac=n1~n3@25G;bc=n2~n3@25G"]);
        await rig.StartAsync();

        Assert.Equal(HttpStatusCode.OK, (await rig.SendAsync(HttpMethod.Post, $"{Root}/volumes/v/migrate", """{"targetPool":"n3/hot","sourcePool":"n1/cold"}""")).Status);
        await TestGuard.UntilAsync(async () => LinkOf(await rig.GetAsync($"{Root}/links"), "ac").GetProperty("volumes").GetArrayLength() == 1, "the copy is charged");
        Assert.Equal(0, LinkOf(await rig.GetAsync($"{Root}/links"), "bc").GetProperty("volumes").GetArrayLength());
        await UntilEndedAsync(rig, "v", linstor.Pass);

        Assert.Equal(["n2", "n3"], linstor.Definitions["v"].Resources.Select(static resource => resource.Node).Order());
        var volume = JsonDocument.Parse((await rig.GetAsync($"{Root}/volumes/v")).Body).RootElement;
        Assert.Equal(("done", "fast"), (volume.GetProperty("migration").GetProperty("phase").GetString(), volume.GetProperty("storageClass").GetString()));
        Assert.Equal(HttpStatusCode.Conflict, (await rig.SendAsync(HttpMethod.Post, $"{Root}/volumes", """{"name":"w","pool":"n3/hot","sizeBytes":1}""")).Status);
    }

    [Fact]
    public async Task A_volume_of_Mayastor_moves_by_its_policy()
    {
        const string Name = "6ba7b810-9dad-41d1-80b4-00c04fd430c8";
        await using var mayastor = new FakeMayastor();
        foreach (var (pool, node, tier) in ((string, string, string)[])[("cold-a", "n1", "cold"), ("cold-b", "n2", "cold"), ("hot-c", "n3", "hot"), ("hot-d", "n4", "hot")])
        {
            mayastor.Nodes[node] = [];
            mayastor.Pools[pool] = new(node, 50_000_000_000);
            mayastor.Pools[pool].Labels["tier"] = tier;
        }

        mayastor.Add(Name, 1_000_000_000, "n1", "cold-a", "cold-b");
        var heat = new WorldHeat(TimeProvider.System);
        heat.Iops[Name] = 9_000;
        await using var rig = new SiloRig(
            services => services.AddSingleton<IHeatSource>(heat), [.. Options, "--Storage:BackEnd=mayastor", $"--Mayastor:Address={mayastor.Address.GetLeftPart(UriPartial.Authority)}"]);
        await rig.StartAsync();

        Assert.Equal(HttpStatusCode.OK, (await rig.SendAsync(HttpMethod.Post, $"{Root}/policies", """
            apiVersion: storage.billyronks.io/v1
            kind: StoragePolicy
            metadata: { name: fast }
            spec:
              hotPoolSelector: { matchLabels: { tier: hot } }
              coldPoolSelector: { matchLabels: { tier: cold } }
            """, "application/yaml")).Status);
        await TestGuard.UntilAsync(async () => (await rig.GetAsync($"{Root}/volumes/{Name}")).Body.Contains("\"isMoving\":true", StringComparison.Ordinal), "it moves");
        await UntilEndedAsync(rig, Name, mayastor.Pass);

        Assert.Equal(["hot-c", "hot-d"], mayastor.Volumes[Name].Replicas.Select(static replica => replica.Pool).Order());
        Assert.All(mayastor.Nodes.Values, Assert.Empty);
        await rig.GetUntilAsync($"{Root}/policies/fast", "\"totalMigrations\":1,\"failedMigrations\":0");
    }

    [Fact]
    public async Task The_mesh_of_LINSTOR_is_shown_and_applied_by_whoever_may()
    {
        await using var linstor = new FakeLinstor();
        linstor.Interfaces["n1"] = new() { ["default"] = "192.168.0.1" };
        linstor.Interfaces["n2"] = new() { ["default"] = "192.168.0.2" };
        await using var rig = new SiloRig(null, [.. Options, "--Storage:BackEnd=linstor", $"--Linstor:Address={linstor.Address}", "--Storage:Links=ab=n1/10.0.0.0~n2/10.0.0.1@25G"]);
        await rig.StartAsync();

        var shown = JsonDocument.Parse((await rig.GetAsync($"{Root}/links/mesh")).Body).RootElement;
        Assert.Equal((false, 13), (shown.GetProperty("isApplied").GetBoolean(), shown.GetProperty("changes").GetArrayLength()));
        Assert.Equal(HttpStatusCode.Unauthorized, (await rig.SendAsync(HttpMethod.Post, $"{Root}/links/mesh", bearer: "0123456789abcdef")).Status);
        Assert.Empty(linstor.Changes);
        Assert.Equal(HttpStatusCode.OK, (await rig.SendAsync(HttpMethod.Post, $"{Root}/links/mesh")).Status);
        Assert.Equal("10.0.0.1", linstor.Interfaces["n2"]["storage-n1"]);
        await rig.GetUntilAsync($"{Root}/links/mesh", "\"changes\":[],\"right\":13");

        linstor.Interfaces.Remove("n2");
        var refused = await rig.GetAsync($"{Root}/links/mesh");
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Contains("Link ab ends at n2, and LINSTOR has no node of that name", refused.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_LINSTOR_there_is_no_mesh()
    {
        await using var rig = new SiloRig();
        await rig.StartAsync();
        Assert.Contains("only the back end linstor", (await rig.GetAsync($"{Root}/links/mesh")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_is_away_is_named_with_what_to_do()
    {
        await using var rig = new SiloRig(null, "--Storage:BackEnd=linstor", $"--Linstor:Address=http://127.0.0.1:{Harness.LoopbackPort.Next()}");
        await rig.StartAsync();
        var answer = await rig.GetAsync($"{Root}/volumes");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Contains("look whether its controller runs", answer.Body, StringComparison.Ordinal);
    }

    private static JsonElement LinkOf((HttpStatusCode Status, string Body) answer, string name) =>
        JsonDocument.Parse(answer.Body).RootElement.GetProperty("links").EnumerateArray().Single(link => link.GetProperty("name").GetString() == name);

    /// <summary>Has the storage system's time pass until nothing moves any more.</summary>
    private static Task UntilEndedAsync(SiloRig rig, string volume, Action pass) => TestGuard.UntilAsync(
        async () =>
        {
            pass();
            return (await rig.GetAsync($"{Root}/volumes/{volume}")).Body.Contains("\"isMoving\":false", StringComparison.Ordinal);
        },
        "it has moved");
}
