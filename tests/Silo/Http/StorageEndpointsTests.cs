using System.Net;
using System.Text.Json;
using Actors.Grains.Tests.Storage;
using Actors.Silo.Tests.Support;
using Actors.Storage.BackEnds;
using Actors.Storage.Heat;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Silo.Tests.Http;

/// <summary>Policies, volumes, pools and links of a whole silo, through HTTP.</summary>
[Collection(nameof(SiloRig))]
public sealed class StorageEndpointsTests
{
    private const string Root = "/api/v1/storage";

    private static readonly string[] Options =
    [
        "--Storage:StepIntervalMs=20", "--Storage:ShareTimeToLiveMs=100", "--Storage:SoakSeconds=0", "--Storage:StartPauseSeconds=0", "--Storage:Readings=1",
        "--Storage:Links=ab=a~b@25G", "--Storage:MaxCopyBytesPerSecond=1000000000000",
    ];

    private readonly VolumeWorld _world = new(TimeProvider.System);
    private readonly WorldHeat _heat = new(TimeProvider.System);

    public StorageEndpointsTests()
    {
        _world.AddPool("hot-b", "b", "hot");
        _world.AddPool("cold-a", "a", "cold");
        _world.AddVolume("v/1", "cold-a", 1_000_000);
    }

    [Fact]
    public async Task A_policy_comes_in_its_volume_moves_and_everything_is_told_and_measured()
    {
        await using var rig = NewRig();
        await rig.StartAsync();
        _heat.Iops["v/1"] = 9_000;
        var applied = Json(await rig.SendAsync(HttpMethod.Post, $"{Root}/policies", Policy(), "application/yaml"));
        Assert.Equal("created", applied.GetProperty("changes")[0].GetProperty("change").GetString());

        var policy = Json(await rig.GetUntilAsync($"{Root}/policies/fast", "\"totalMigrations\":1"));
        Assert.Equal(("Active", 1), (policy.GetProperty("status").GetProperty("phase").GetString(), policy.GetProperty("status").GetProperty("migrationHistory").GetArrayLength()));
        var volume = Json(await rig.GetAsync($"{Root}/volumes/v%2F1"));
        Assert.Equal(("hot-b", "hot", "done"), (volume.GetProperty("pools")[0].GetString(), volume.GetProperty("tier").GetString(), volume.GetProperty("migration").GetProperty("phase").GetString()));
        Assert.Empty(_world.Sins);

        var pools = Json(await rig.GetAsync($"{Root}/pools"));
        Assert.Equal("world", pools.GetProperty("backEnd").GetString());
        Assert.Equal(["cold-a", "hot-b"], pools.GetProperty("pools").EnumerateArray().Select(static pool => pool.GetProperty("name").GetString()));
        var link = Json(await rig.GetAsync($"{Root}/links")).GetProperty("links")[0];
        Assert.Equal(("ab", true, 0), (link.GetProperty("name").GetString(), link.GetProperty("isUp").GetBoolean(), link.GetProperty("grantedBytesPerSecond").GetInt64()));

        Assert.Equal(1, await rig.MetricAsync("storage_operator_migrations_total", "status=\"success\""));
        Assert.True(await rig.MetricAsync("storage_operator_reconcile_total") >= 1);
        Assert.True(await rig.MetricAsync("storage_operator_reconcile_duration_count", "policy=\"fast\"") >= 1);
        Assert.Equal(2_048_000 * 1_024L, await rig.MetricAsync("actors_link_budget_bytes_per_second", "link=\"ab\""));

        Assert.Equal(HttpStatusCode.NoContent, (await rig.SendAsync(HttpMethod.Delete, $"{Root}/policies/fast")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await rig.GetAsync($"{Root}/policies/fast")).Status);
        Assert.DoesNotContain("policy=\"fast\"", (await rig.GetAsync("/metrics")).Body, StringComparison.Ordinal);
        Json(await rig.SendAsync(HttpMethod.Post, $"{Root}/policies", Policy(), "application/yaml"));
        await rig.GetUntilAsync("/metrics", "policy=\"fast\"");
    }

    [Fact]
    public async Task A_volume_is_moved_by_request_and_what_cannot_be_is_refused()
    {
        await using var rig = NewRig();
        await rig.StartAsync();
        var order = Json(await rig.SendAsync(HttpMethod.Post, $"{Root}/volumes/v%2F1/migrate", """{"targetPool":"hot-b"}""")).GetProperty("id").GetGuid();
        await rig.GetUntilAsync($"{Root}/volumes/v%2F1", "\"endedAt\":\"");
        var moved = Json(await rig.GetAsync($"{Root}/volumes/v%2F1"));
        Assert.Equal((false, order, "done"), (moved.GetProperty("isMoving").GetBoolean(), moved.GetProperty("migration").GetProperty("id").GetGuid(), moved.GetProperty("migration").GetProperty("phase").GetString()));

        Refused(HttpStatusCode.Conflict, "v/1 has a replica in hot-b already.", await rig.SendAsync(HttpMethod.Post, $"{Root}/volumes/v%2F1/migrate", """{"targetPool":"hot-b"}"""));
        Refused(HttpStatusCode.Conflict, "v/1 does not move.", await rig.SendAsync(HttpMethod.Post, $"{Root}/volumes/v%2F1/pause"));
        Refused(HttpStatusCode.Conflict, "v/1 does not move.", await rig.SendAsync(HttpMethod.Post, $"{Root}/volumes/v%2F1/resume"));
        Refused(HttpStatusCode.Conflict, "v/1 does not move.", await rig.SendAsync(HttpMethod.Post, $"{Root}/volumes/v%2F1/abort"));
        Refused(HttpStatusCode.BadRequest, "targetPool names the pool", await rig.SendAsync(HttpMethod.Post, $"{Root}/volumes/v%2F1/migrate", """{"targetPool":""}"""));
        Refused(HttpStatusCode.BadRequest, "The body is not what it has to be", await rig.SendAsync(HttpMethod.Post, $"{Root}/volumes/v%2F1/migrate", """{"targetPool":"hot-b","x":1}"""));
        Refused(HttpStatusCode.UnsupportedMediaType, "The body is JSON", await rig.SendAsync(HttpMethod.Post, $"{Root}/volumes/v%2F1/migrate", """{"targetPool":"hot-b"}""", "text/plain"));
        Refused(HttpStatusCode.NotFound, "There is no volume nobody", await rig.GetAsync($"{Root}/volumes/nobody"));
        Refused(HttpStatusCode.NotFound, "There is no volume nobody", await rig.SendAsync(HttpMethod.Post, $"{Root}/volumes/nobody/abort"));
        Refused(HttpStatusCode.NotFound, "There is no volume nobody", await rig.SendAsync(HttpMethod.Post, $"{Root}/volumes/nobody/migrate", """{"targetPool":"hot-b"}"""));
        Refused(HttpStatusCode.NotFound, "There is no policy nobody", await rig.SendAsync(HttpMethod.Delete, $"{Root}/policies/nobody"));
        Assert.Equal(HttpStatusCode.NoContent, (await rig.SendAsync(HttpMethod.Post, $"{Root}/reconcile")).Status);
    }

    [Fact]
    public async Task What_is_to_be_made_is_checked_whole()
    {
        await using var rig = NewRig();
        await rig.StartAsync();
        Assert.Equal(4, Reasons(await rig.SendAsync(HttpMethod.Post, $"{Root}/pools", """{"name":"","folder":"hot","capacityBytes":-1,"labels":{"":"x"}}""")));
        Assert.Equal(3, Reasons(await rig.SendAsync(HttpMethod.Post, $"{Root}/volumes", """{"name":"","pool":"","sizeBytes":0}""")));
        Refused(HttpStatusCode.BadRequest, "The body is not what it has to be", await rig.SendAsync(HttpMethod.Post, $"{Root}/pools", """{"name":"a","x":1}"""));
        Refused(HttpStatusCode.Conflict, "pools and volumes of world are made by its own tools.", await rig.SendAsync(HttpMethod.Post, $"{Root}/volumes", """{"name":"w","pool":"hot-b","sizeBytes":1}"""));
        Refused(HttpStatusCode.Conflict, "made by its own tools", await rig.SendAsync(HttpMethod.Post, $"{Root}/volumes/v%2F1/attach"));

        static int Reasons((HttpStatusCode Status, string Body) answer)
        {
            Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
            return JsonDocument.Parse(answer.Body).RootElement.GetProperty("reasons").GetArrayLength();
        }
    }

    [Fact]
    public async Task Every_mistake_of_a_file_is_a_reason()
    {
        await using var rig = NewRig();
        await rig.StartAsync();
        var answer = await rig.SendAsync(HttpMethod.Post, $"{Root}/policies", Policy("lowWatermarkIOPS: -1\n  colour: red"), "application/yaml");
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(2, JsonDocument.Parse(answer.Body).RootElement.GetProperty("reasons").GetArrayLength());
        Assert.Equal(0, Json(await rig.GetAsync($"{Root}/policies")).GetProperty("policies").GetArrayLength());
    }

    [Fact]
    public async Task Nothing_is_changed_by_whoever_does_not_know_the_secret()
    {
        await using var rig = NewRig();
        await rig.StartAsync();
        foreach (var (method, path) in ((HttpMethod, string)[])[
            (HttpMethod.Post, "policies"), (HttpMethod.Delete, "policies/fast"), (HttpMethod.Post, "reconcile"), (HttpMethod.Post, "volumes/v/migrate"),
            (HttpMethod.Post, "volumes/v/pause"), (HttpMethod.Post, "volumes/v/resume"), (HttpMethod.Post, "volumes/v/abort"), (HttpMethod.Post, "pools"), (HttpMethod.Post, "volumes"),
            (HttpMethod.Post, "volumes/v/attach"), (HttpMethod.Post, "volumes/v/detach"), (HttpMethod.Post, "links/mesh")])
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await rig.SendAsync(method, $"{Root}/{path}", "{}", bearer: "0123456789abcdef")).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await rig.SendAsync(method, $"{Root}/{path}", "{}", bearer: "")).Status);
        }
    }

    [Theory]
    [InlineData("Host", "evil.example")]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("Origin", "http://evil.example")]
    public async Task Nothing_is_changed_through_a_proxy_or_by_a_foreign_page_though_it_knows_the_secret(string header, string value)
    {
        await using var rig = NewRig();
        await rig.StartAsync();
        Refused(HttpStatusCode.Forbidden, "on the machine of a silo", await rig.SendAsync(HttpMethod.Post, $"{Root}/reconcile", header: (header, value)));
        Assert.Equal(HttpStatusCode.NoContent, (await rig.SendAsync(HttpMethod.Post, $"{Root}/reconcile")).Status);
    }

    [Fact]
    public async Task Without_a_back_end_it_is_said_what_to_do()
    {
        await using var rig = new SiloRig();
        await rig.StartAsync();
        Refused(HttpStatusCode.ServiceUnavailable, "No back end is set", await rig.GetAsync($"{Root}/volumes"));
        Refused(HttpStatusCode.ServiceUnavailable, "No back end is set", await rig.GetAsync($"{Root}/pools"));
    }

    private static string Policy(string extra = "") => $$"""
        apiVersion: storage.billyronks.io/v1
        kind: StoragePolicy
        metadata: { name: fast }
        spec:
          hotPoolSelector: { matchLabels: { tier: hot } }
          coldPoolSelector: { matchLabels: { tier: cold } }
          {{extra}}
        """;

    private static void Refused(HttpStatusCode status, string part, (HttpStatusCode Status, string Body) answer)
    {
        Assert.Equal(status, answer.Status);
        Assert.Contains(part, JsonDocument.Parse(answer.Body).RootElement.GetProperty("reasons")[0].GetString(), StringComparison.Ordinal);
    }

    private static JsonElement Json((HttpStatusCode Status, string Body) answer)
    {
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);
        return JsonDocument.Parse(answer.Body).RootElement;
    }

    private SiloRig NewRig() => new(services => services.AddSingleton<IVolumeBackEnd>(new WorldBackEnd(_world)).AddSingleton<IHeatSource>(_heat), Options);
}
