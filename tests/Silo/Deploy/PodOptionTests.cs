using System.Collections;
using System.Text.Json.Nodes;
using Actors.Harness;
using Actors.Silo.Options;
using Actors.Silo.Tests.Support;

namespace Actors.Silo.Tests.Deploy;

/// <summary>The options that a pod gets are options that the silo has, and say what the other objects rely on.</summary>
public sealed class PodOptionTests : IAsyncLifetime
{
    private const string Password = "correct horse";

    private static readonly Dictionary<string, string> Secret = new()
    {
        ["store"] = $"Host=postgresql.example;Database=actors;Username=actors;Password={Password}",
        ["cluster-secret"] = "a secret of more than sixteen characters",
    };

    private Manifests _manifests = null!;

    public async ValueTask InitializeAsync() => _manifests = await Manifests.ReadAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Each_pod_is_a_silo_of_the_cluster(int index)
    {
        var kubelet = new Kubelet(_manifests, index, Secret);
        var configuration = Read(kubelet.Environment());
        Assert.Empty(configuration.Mistakes);
        Assert.Equal((index, kubelet.PodName), (configuration.Silo.NodeId, configuration.Silo.EffectiveName));
        Assert.Equal((Secret["store"], "kubernetes"), (configuration.Silo.Store, configuration.Silo.Membership));
        Assert.Equal("kubernetes", configuration.Bound.Get<StorageOptions>().Policies);
        var peering = configuration.Bound.Get<PeeringOptions>();
        Assert.Equal((kubelet.PodIp, Secret["cluster-secret"]), (peering.AdvertisedHost, peering.Secret));
        Assert.Equal(("*", "*", "*"), (peering.Host, configuration.Kafka.Host, configuration.Http.Host));
        var ports = new Dictionary<string, int> { ["peering"] = peering.Port, ["kafka"] = configuration.Kafka.Port, ["http"] = configuration.Http.Port };
        Assert.Equal(ports, _manifests.Ports);
    }

    [Fact]
    public void Kafka_clients_are_told_the_names_that_the_headless_service_gives()
    {
        var (set, space) = (_manifests.StatefulSet["spec"]!, (string?)_manifests.StatefulSet["metadata"]!["namespace"]);
        var kubelet = new Kubelet(_manifests, 2, Secret);
        Assert.Equal($"{kubelet.PodName}.{set["serviceName"]}.{space}.svc", Read(kubelet.Environment()).Kafka.AdvertisedHost);
    }

    [Fact]
    public void Every_variable_is_an_option_that_exists_or_a_fact_that_one_names()
    {
        foreach (var variable in _manifests.Container["env"]!.AsArray())
        {
            var name = (string)variable!["name"]!;
            var key = name.Replace("__", ":", StringComparison.Ordinal);
            var isUsed = _manifests.Container["env"]!.AsArray().Any(other => ((string?)other!["value"])?.Contains($"$({name})", StringComparison.Ordinal) == true);
            Assert.True(SiloConfiguration.Schema.TryFind(key, out _) || SiloConfiguration.Schema.IsHostKey(key) || isUsed, name);
        }
    }

    [Fact]
    public void Every_option_that_a_person_must_not_see_comes_from_the_secret()
    {
        foreach (var variable in _manifests.Container["env"]!.AsArray())
        {
            var isSecret = SiloConfiguration.Schema.TryFind(((string)variable!["name"]!).Replace("__", ":", StringComparison.Ordinal), out var option) && option.IsSecret;
            Assert.Equal(isSecret, variable["valueFrom"]?["secretKeyRef"] is not null);
        }

        var values = SiloConfiguration.Schema.Options.Where(static option => option.IsSecret).Select(static option => option.Key);
        Assert.Equal(["Peering:Secret", "Silo:Store"], values.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_durable_lies_on_the_pods_own_volume_and_a_stop_has_its_time()
    {
        var silo = Read(new Kubelet(_manifests, 0, Secret).Environment()).Silo;
        Assert.StartsWith("/data/", silo.DataDirectory);
        Assert.StartsWith("/data/", silo.EffectiveWalDirectory);
        Assert.True((int)_manifests.Pod["terminationGracePeriodSeconds"]! * 1000 >= silo.StopTimeoutMs + 5000, "A silo would be killed before its stop has timed out.");
    }

    [Fact]
    public void The_example_of_the_secret_has_the_keys_and_no_silo_takes_its_values()
    {
        var example = Yaml.Read(File.ReadAllText(Path.Combine(Repository.Root, "deploy", "k8s", "secret.example.yaml"))).Single();
        Assert.Equal(("Secret", "actors", "actors"), ((string?)example["kind"], (string?)example["metadata"]!["name"], (string?)example["metadata"]!["namespace"]));
        var values = ((JsonObject)example["stringData"]!).ToDictionary(static pair => pair.Key, static pair => (string)pair.Value!);
        Assert.Equal(Secret.Keys.Order(), values.Keys.Order());
        foreach (var key in Secret.Keys)
        {
            var mistakes = Read(new Kubelet(_manifests, 0, new Dictionary<string, string>(Secret) { [key] = values[key] }).Environment()).Mistakes;
            Assert.NotEmpty(mistakes);
            Assert.All(mistakes, static mistake => Assert.DoesNotContain(Password, mistake.ToString()));
        }
    }

    private static SiloConfiguration Read(IDictionary environment)
    {
        using var folder = new TemporaryDirectory();
        return SiloConfiguration.Read([], environment, folder.FullName);
    }
}
