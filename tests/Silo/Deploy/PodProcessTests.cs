using System.Collections;
using Actors.Grains.Tests.Support;
using Actors.Harness;
using Actors.Silo.Tests.Stores.Kubernetes;
using Actors.Silo.Tests.Stores.PostgreSql;
using Orleans.Runtime;

namespace Actors.Silo.Tests.Deploy;

/// <summary>Silos as processes, started with what their pods give them, where the API server lets them do what their Role allows.</summary>
public sealed class PodProcessTests(PostgreSqlFixture database)
{
    [Fact]
    public async Task Pods_become_one_cluster_and_one_that_stops_leaves_it()
    {
        var manifests = await Manifests.ReadAsync();
        var role = new ApiRole(manifests.Find("Role", "actors"));
        await using var rig = await KubernetesRig.StartAsync("actors");
        rig.Server.Allows = role.Allows;
        var secret = new Dictionary<string, string> { ["store"] = await database.CreateDatabaseAsync(), ["cluster-secret"] = "a secret of more than sixteen characters" };
        using TemporaryDirectory firstFolder = new(), secondFolder = new();
        var pods = await Task.WhenAll(
            SiloProcess.StartAsync(Options(manifests, 0, secret, firstFolder, rig)), SiloProcess.StartAsync(Options(manifests, 1, secret, secondFolder, rig)));
        await using var first = pods[0];
        await using var second = pods[1];
        var table = rig.Open();

        await TestGuard.UntilAsync(async () => await ActiveAsync() == "actors-0@0 actors-1@1", "both silos active");
        Assert.Equal(0, await second.StopAsync());
        await TestGuard.UntilAsync(async () => await ActiveAsync() == "actors-0@0", "one silo active");
        Assert.DoesNotContain(rig.Server.Accesses, access => !role.Allows(access));
        Assert.Equal(0, await first.StopAsync());

        async Task<string> ActiveAsync() => string.Join(' ', (await table.ReadAll()).Members
            .Select(static member => member.Item1).Where(static silo => silo.Status == SiloStatus.Active).Select(static silo => silo.SiloName).Order(StringComparer.Ordinal));
    }

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
