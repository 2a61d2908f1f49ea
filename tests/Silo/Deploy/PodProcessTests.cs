using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using Actors.Grains.Tests.Support;
using Actors.Harness;
using Actors.Silo.Stores.Kubernetes;
using Actors.Silo.Tests.Stores.Kubernetes;
using Actors.Silo.Tests.Stores.PostgreSql;
using Actors.Storage.Policies;
using Orleans.Runtime;

namespace Actors.Silo.Tests.Deploy;

/// <summary>Silos as processes, started with what their pods give them, where the API server lets them do what their Role allows.</summary>
public sealed class PodProcessTests(PostgreSqlFixture database)
{
    [Fact]
    public async Task Pods_become_one_cluster_that_follows_policies_and_one_that_stops_leaves_it()
    {
        var manifests = await Manifests.ReadAsync();
        var (role, policies) = (new ApiRole(manifests.Find("Role", "actors")), new ApiRole(manifests.Find("ClusterRole", "actors-policies")));
        await using var rig = await KubernetesRig.StartAsync("actors");
        bool IsAllowed(ApiAccess access) => role.Allows(access) || policies.Allows(access);
        rig.Server.Allows = IsAllowed;
        var secret = new Dictionary<string, string> { ["store"] = await database.CreateDatabaseAsync(), ["cluster-secret"] = "a secret of more than sixteen characters" };
        using TemporaryDirectory firstFolder = new(), secondFolder = new();
        var pods = await Task.WhenAll(
            SiloProcess.StartAsync(Options(manifests, 0, secret, firstFolder, rig)), SiloProcess.StartAsync(Options(manifests, 1, secret, secondFolder, rig)));
        await using var first = pods[0];
        await using var second = pods[1];
        var table = rig.Open();

        await TestGuard.UntilAsync(async () => await ActiveAsync() == "actors-0@0 actors-1@1", "both silos active");
        await PutPolicyAsync(rig, "fast");
        Assert.Equal(0, await second.StopAsync());
        await TestGuard.UntilAsync(async () => await ActiveAsync() == "actors-0@0", "one silo active");
        await PutPolicyAsync(rig, "slow");
        Assert.DoesNotContain(rig.Server.Accesses, access => !IsAllowed(access));
        Assert.Equal(0, await first.StopAsync());

        async Task<string> ActiveAsync() => string.Join(' ', (await table.ReadAll()).Members
            .Select(static member => member.Item1).Where(static silo => silo.Status == SiloStatus.Active).Select(static silo => silo.SiloName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Pods_outlive_an_api_server_that_is_away_and_declare_a_killed_one_dead()
    {
        var manifests = await Manifests.ReadAsync();
        await using var rig = await KubernetesRig.StartAsync("actors");
        var secret = new Dictionary<string, string> { ["store"] = await database.CreateDatabaseAsync(), ["cluster-secret"] = "a secret of more than sixteen characters" };
        List<TemporaryDirectory> folders = [new(), new(), new()];
        var pods = folders.Select((folder, index) => SiloProcess.Launch(Options(manifests, index, secret, folder, rig))).ToList();
        try
        {
            await Task.WhenAll(pods.Select(static pod => pod.WaitUntilReadyAsync()));
            var table = rig.Open();
            await TestGuard.UntilAsync(async () => await StatesAsync(table) == "Active Active Active", "all silos active");
            var version = (await table.ReadAll()).Version.Version;

            // For longer than their leases of 2 s, and than they wait for any answer.
            var refused = 0;
            rig.Server.Intercept = async context =>
            {
                Interlocked.Increment(ref refused);
                await FakeApiServer.RefuseAsync(context, 503, "ServiceUnavailable", "etcd is away");
                return true;
            };
            rig.Server.CutWatches(withConnection: true);
            await AskedForAsync(pods, TimeSpan.FromSeconds(10));
            Assert.True(refused > pods.Count);
            rig.Server.Intercept = null;
            Assert.Equal("Active Active Active", await StatesAsync(table));
            Assert.Equal(version, (await table.ReadAll()).Version.Version);

            var killed = (await ControllerAsync(pods[0])).Home;
            await pods[killed].KillAsync();
            var states = string.Join(' ', pods.Select((_, index) => index == killed ? "Dead" : "Active"));
            await TestGuard.UntilAsync(async () => await StatesAsync(table) == states, "the killed one to be dead");
            var living = pods.Where((_, index) => index != killed).ToList();
            foreach (var pod in living)
            {
                await pod.AnswersAsync("/api/v1/cluster", "Dead", TimeSpan.FromSeconds(30));
                await TestGuard.UntilAsync(async () => await ControllerAsync(pod) is var (home, active) && home == active && home != killed, "the controller to live elsewhere");
            }

            foreach (var pod in living) Assert.Equal(0, await pod.StopAsync());
        }
        finally
        {
            foreach (var pod in pods) await pod.DisposeAsync();
            folders.ForEach(static folder => folder.Dispose());
        }
    }

    [Fact]
    public async Task One_pod_of_three_follows_the_policies_and_when_it_is_killed_one_of_the_others_does()
    {
        var manifests = await Manifests.ReadAsync();
        await using var rig = await KubernetesRig.StartAsync("actors");
        var secret = new Dictionary<string, string> { ["store"] = await database.CreateDatabaseAsync(), ["cluster-secret"] = "a secret of more than sixteen characters" };
        List<TemporaryDirectory> folders = [new(), new(), new()];
        var pods = folders.Select((folder, index) => SiloProcess.Launch(Options(manifests, index, secret, folder, rig))).ToList();
        try
        {
            await Task.WhenAll(pods.Select(static pod => pod.WaitUntilReadyAsync()));
            var table = rig.Open();
            await TestGuard.UntilAsync(async () => await StatesAsync(table) == "Active Active Active", "all silos active");
            await PutPolicyAsync(rig, "fast");
            await TestGuard.UntilAsync(() => rig.Server.WatchesOf(FakeApiServer.StoragePolicies) == 1, "one silo to follow");
            rig.Server.CountWatchesAnew();
            var writes = StatusWrites();

            var follower = JsonDocument.Parse(await pods[0].GetAsync("/api/v1/grains/storage.policies/policies")).RootElement.GetProperty("homeNodeId").GetInt32();
            await pods[follower].KillAsync();
            await TestGuard.UntilAsync(() => rig.Server.WatchesOf(FakeApiServer.StoragePolicies) == 0, "its watch to end with it");
            await PutPolicyAsync(rig, "slow");
            Assert.True(StatusWrites() > writes);
            Assert.Equal((1, 1, 1), (rig.Server.WatchesOf(FakeApiServer.StoragePolicies), rig.Server.MostWatchesOf(FakeApiServer.StoragePolicies), rig.Server.MostWatchesOf(FakeApiServer.ErasureCodingPolicies)));
            Assert.NotNull(rig.Server.Read(FakeApiServer.StoragePolicies, "fast")["status"]);
            foreach (var pod in pods.Where((_, index) => index != follower)) Assert.Equal(0, await pod.StopAsync());
        }
        finally
        {
            foreach (var pod in pods) await pod.DisposeAsync();
            folders.ForEach(static folder => folder.Dispose());
        }

        int StatusWrites() => rig.Server.Accesses.Count(static access => access is { Verb: "patch" } && access.ToString().Contains("storagepolicies", StringComparison.Ordinal));
    }

    /// <summary>Without a back end nothing moves, which is what becomes of the policy.</summary>
    private static Task PutPolicyAsync(KubernetesRig rig, string name)
    {
        rig.Server.Put(FakeApiServer.StoragePolicies, new JsonObject
        {
            ["apiVersion"] = StoragePolicy.ApiVersion,
            ["kind"] = StoragePolicy.Kind,
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject { ["hotPoolSelector"] = new JsonObject() },
        });
        return TestGuard.UntilAsync(() => rig.Server.Read(FakeApiServer.StoragePolicies, name)["status"]?.ToJsonString().Contains("BackEndUnavailable", StringComparison.Ordinal) == true, $"{name} has its status");
    }

    /// <summary>Asks the pods for what they know of each other, by calls between them, for so long.</summary>
    private static async Task AskedForAsync(IReadOnlyList<SiloProcess> pods, TimeSpan length)
    {
        using var end = new CancellationTokenSource(length);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!end.IsCancellationRequested)
        {
            foreach (var pod in pods)
            {
                var silos = JsonDocument.Parse(await pod.GetAsync("/api/v1/cluster")).RootElement.GetProperty("silos");
                Assert.Equal(["Active", "Active", "Active"], silos.EnumerateArray().Select(static one => one.GetProperty("status").GetString()));
            }

            await ticks.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    /// <summary>The grain that there is always one of.</summary>
    private static async Task<(int Home, int Active)> ControllerAsync(SiloProcess pod)
    {
        var grain = JsonDocument.Parse(await pod.GetAsync("/api/v1/grains/controller/controller")).RootElement;
        return (grain.GetProperty("homeNodeId").GetInt32(), grain.GetProperty("activeNodeId") is { ValueKind: JsonValueKind.Number } active ? active.GetInt32() : -1);
    }

    private static async Task<string> StatesAsync(KubernetesMembershipTable table) => string.Join(
        ' ', (await table.ReadAll()).Members.Select(static member => member.Item1).OrderBy(static silo => silo.SiloName, StringComparer.Ordinal).Select(static silo => silo.Status));

    /// <summary>The pod's environment; arguments stand for what a machine without pods does not have.</summary>
    private static SiloProcessOptions Options(Manifests manifests, int index, Dictionary<string, string> secret, TemporaryDirectory folder, KubernetesRig rig) => new(folder.FullName)
    {
        Environment = new Kubelet(manifests, index, secret) { PodIp = "127.0.0.1" }.Environment().Cast<DictionaryEntry>().ToDictionary(static pair => (string)pair.Key, static pair => (string)pair.Value!),
        Arguments =
        [
            "--Kafka:Host=127.0.0.1", "--Http:Host=127.0.0.1", "--Peering:Host=127.0.0.1", "--Peering:Port=0", "--Log:WalFileBytes=33554432",
            $"--Kubernetes:ApiServer={rig.Server.Address}", "--Kubernetes:Namespace=garden", $"--Kubernetes:TokenFile={rig.Folder.Path("token")}",
        ],
    };
}
