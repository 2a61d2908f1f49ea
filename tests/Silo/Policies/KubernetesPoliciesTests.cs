using System.Net;
using System.Text.Json.Nodes;
using Actors.Grains.Tests.Storage;
using Actors.Grains.Tests.Support;
using Actors.Silo.Tests.Deploy;
using Actors.Silo.Tests.Stores.Kubernetes;
using Actors.Silo.Tests.Support;
using Actors.Storage.BackEnds;
using Actors.Storage.Heat;
using Actors.Storage.Policies;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Silo.Tests.Policies;

/// <summary>A whole silo whose policies are kept in Kubernetes, with the permissions of deploy/k8s.</summary>
[Collection(nameof(SiloRig))]
public sealed class KubernetesPoliciesTests : IAsyncLifetime
{
    private const string Root = "/api/v1/storage";

    private readonly VolumeWorld _world = new(TimeProvider.System);
    private readonly WorldHeat _heat = new(TimeProvider.System);
    private KubernetesRig _kubernetes = null!;

    public async ValueTask InitializeAsync()
    {
        _world.AddPool("hot-b", "b", "hot");
        _world.AddPool("cold-a", "a", "cold");
        _world.AddVolume("v", "cold-a", 1_000_000);
        _heat.Iops["v"] = 9_000;
        _kubernetes = await KubernetesRig.StartAsync();
        var role = new ApiRole((await Manifests.ReadAsync()).Find("ClusterRole", "actors-policies"));
        _kubernetes.Server.Allows = role.Allows;
    }

    public ValueTask DisposeAsync() => _kubernetes.DisposeAsync();

    [Fact]
    public async Task A_resource_has_its_volume_move_and_shows_what_became_of_it()
    {
        await using var rig = NewRig();
        await rig.StartAsync();
        Put(FakeApiServer.StoragePolicies, StoragePolicy.Kind, "fast", """{"hotPoolSelector":{"matchLabels":{"tier":"hot"}},"coldPoolSelector":{"matchLabels":{"tier":"cold"}}}""");
        Put(FakeApiServer.ErasureCodingPolicies, PolicyFile.ErasureCodingKind, "wide", """{"dataShards":4}""");

        await TestGuard.UntilAsync(() => (int?)Status("fast")?["totalMigrations"] == 1, "the migration is told");
        Assert.Equal(HttpStatusCode.NoContent, (await rig.SendAsync(HttpMethod.Post, $"{Root}/reconcile")).Status);
        await TestGuard.UntilAsync(() => (int?)Status("fast")!["hotVolumes"] == 1, "the reconcile is told");
        var status = Status("fast")!;
        Assert.Equal(("Active", 1, 1, 0), ((string?)status["phase"], (int?)status["watchedVolumes"], (int?)status["hotVolumes"], (int?)status["failedMigrations"]));
        Assert.Equal(("v", "cold", "hot", true), ((string?)status["migrationHistory"]![0]!["volumeName"], (string?)status["migrationHistory"]![0]!["fromTier"], (string?)status["migrationHistory"]![0]!["toTier"], (bool?)status["migrationHistory"]![0]!["success"]));
        Assert.Equal("actors", _kubernetes.Server.OwnerOf(FakeApiServer.StoragePolicies, "fast", "totalMigrations"));
        Assert.Equal(["hot-b"], _world.PoolsOf("v"));
        await TestGuard.UntilAsync(() => _kubernetes.Server.Read(FakeApiServer.ErasureCodingPolicies, "wide")["status"] is JsonObject answer && answer.ToJsonString().Contains("NotSupported", StringComparison.Ordinal), "erasure coding is answered");

        var refused = await rig.SendAsync(HttpMethod.Post, $"{Root}/policies", "{}", "application/yaml");
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Contains("Policies are kept in Kubernetes, and changed there", refused.Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, (await rig.SendAsync(HttpMethod.Delete, $"{Root}/policies/fast")).Status);

        _kubernetes.Server.Remove(FakeApiServer.StoragePolicies, "fast");
        await TestGuard.UntilAsync(async () => (await rig.GetAsync($"{Root}/policies/fast")).Status == HttpStatusCode.NotFound, "it is gone here too");
    }

    [Fact]
    public async Task Mistakes_that_the_definition_does_not_see_are_all_in_the_status()
    {
        await using var rig = NewRig();
        await rig.StartAsync();
        Put(FakeApiServer.StoragePolicies, StoragePolicy.Kind, "wrong", """{"samplingWindow":"0s","cooldownPeriod":"99999999999d","hotPoolSelector":{"matchLabels":{"tier":"hot"}}}""");
        await TestGuard.UntilAsync(() => (string?)Status("wrong")?["phase"] == "Error", "the mistakes are told");
        var message = Status("wrong")!["conditions"]!.AsArray().Select(static condition => (string)condition!["message"]!).Single(static text => text.StartsWith("Nothing moves by it", StringComparison.Ordinal));
        Assert.Contains("spec.samplingWindow is \"0s\"", message, StringComparison.Ordinal);
        Assert.Contains("spec.cooldownPeriod is \"99999999999d\"", message, StringComparison.Ordinal);
        Assert.Equal(["cold-a"], _world.PoolsOf("v"));
    }

    [Fact]
    public async Task Policies_follow_also_when_the_API_server_was_away_at_the_start()
    {
        var isAway = true;
        _kubernetes.Server.Intercept = async context =>
        {
            if (isAway) await FakeApiServer.RefuseAsync(context, 503, "ServiceUnavailable", "starting");
            return isAway;
        };
        Put(FakeApiServer.StoragePolicies, StoragePolicy.Kind, "fast", """{"hotPoolSelector":{"matchLabels":{"tier":"hot"}},"coldPoolSelector":{"matchLabels":{"tier":"cold"}}}""");
        await using var rig = NewRig();
        await rig.StartAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await rig.GetAsync($"{Root}/policies/fast")).Status);
        isAway = false;
        await TestGuard.UntilAsync(() => (int?)Status("fast")?["totalMigrations"] == 1, "the migration is told");
    }

    private JsonObject? Status(string name) => _kubernetes.Server.Read(FakeApiServer.StoragePolicies, name)["status"] as JsonObject;

    private void Put(string resource, string kind, string name, string spec) => _kubernetes.Server.Put(resource, new JsonObject
    {
        ["apiVersion"] = StoragePolicy.ApiVersion,
        ["kind"] = kind,
        ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = JsonNode.Parse(spec),
    }, isChecked: kind == StoragePolicy.Kind);

    private SiloRig NewRig() => new(
        services => services.AddSingleton<IVolumeBackEnd>(new WorldBackEnd(_world)).AddSingleton<IHeatSource>(_heat),
        "--Storage:StepIntervalMs=20", "--Storage:ShareTimeToLiveMs=100", "--Storage:SoakSeconds=0", "--Storage:StartPauseSeconds=0", "--Storage:Readings=1", "--Storage:MaxCopyBytesPerSecond=1000000000000",
        "--Storage:Policies=kubernetes", $"--Kubernetes:ApiServer={_kubernetes.Server.Address}", $"--Kubernetes:TokenFile={_kubernetes.Folder.Path("token")}");
}
