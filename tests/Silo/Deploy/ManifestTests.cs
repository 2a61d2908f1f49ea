using Actors.Silo.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Actors.Silo.Tests.Deploy;

/// <summary>The objects of deploy/k8s fit each other and the program.</summary>
public sealed class ManifestTests : IAsyncLifetime
{
    private Manifests _manifests = null!;

    public async ValueTask InitializeAsync() => _manifests = await Manifests.ReadAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public void There_is_what_a_cluster_needs_and_nothing_else() => Assert.Equal(
        [
            "ClusterRole/actors-policies",
            "ClusterRoleBinding/actors-policies",
            "CustomResourceDefinition/clustermemberships.actors.billyronks.io",
            "CustomResourceDefinition/erasurecodingpolicies.storage.billyronks.io",
            "CustomResourceDefinition/storagepolicies.storage.billyronks.io",
            "Namespace/actors",
            "actors/PodDisruptionBudget/actors",
            "actors/Role/actors",
            "actors/RoleBinding/actors",
            "actors/Service/actors-http",
            "actors/Service/actors-kafka",
            "actors/Service/actors-silos",
            "actors/ServiceAccount/actors",
            "actors/StatefulSet/actors",
        ],
        _manifests.Objects.Select(Manifests.Title).Order(StringComparer.Ordinal));

    [Fact]
    public void Each_of_the_three_nodes_has_one_silo()
    {
        var affinity = _manifests.Pod["affinity"]!;
        var nodes = affinity["nodeAffinity"]!["requiredDuringSchedulingIgnoredDuringExecution"]!["nodeSelectorTerms"]!.AsArray().Single()!["matchExpressions"]!.AsArray().Single()!;
        Assert.Equal(("kubernetes.io/hostname", "In"), ((string?)nodes["key"], (string?)nodes["operator"]));
        Assert.Equal(["illusion", "the-dome", "the-toy-factory"], nodes["values"]!.AsArray().Select(static node => (string?)node));
        Assert.Equal(3, (int?)_manifests.StatefulSet["spec"]!["replicas"]);
        var apart = affinity["podAntiAffinity"]!["requiredDuringSchedulingIgnoredDuringExecution"]!.AsArray().Single()!;
        Assert.Equal("kubernetes.io/hostname", (string?)apart["topologyKey"]);
        Assert.True(Manifests.Selects(apart["labelSelector"]!["matchLabels"]!, _manifests.PodLabels));
    }

    [Fact]
    public void Silos_start_together_and_are_updated_one_by_one()
    {
        var spec = _manifests.StatefulSet["spec"]!;
        Assert.Equal(("Parallel", "RollingUpdate"), ((string?)spec["podManagementPolicy"], (string?)spec["updateStrategy"]!["type"]));
        Assert.True(Manifests.Selects(spec["selector"]!["matchLabels"]!, _manifests.PodLabels));
        var budget = _manifests.Find("PodDisruptionBudget", "actors")["spec"]!;
        Assert.Equal(1, (int?)budget["maxUnavailable"]);
        Assert.True(Manifests.Selects(budget["selector"]!["matchLabels"]!, _manifests.PodLabels));
    }

    [Theory]
    [InlineData("actors-silos", "peering", "kafka")]
    [InlineData("actors-kafka", "kafka")]
    [InlineData("actors-http", "http")]
    public void Services_lead_to_ports_that_the_container_has(string service, params string[] names)
    {
        var spec = _manifests.Find("Service", service)["spec"]!;
        Assert.True(Manifests.Selects(spec["selector"]!, _manifests.PodLabels));
        Assert.Equal(names, spec["ports"]!.AsArray().Select(static port => (string?)port!["targetPort"]));
        Assert.All(spec["ports"]!.AsArray(), port => Assert.Equal(_manifests.Ports[(string)port!["targetPort"]!], (int?)port["port"]));
        var isHeadless = service == (string?)_manifests.StatefulSet["spec"]!["serviceName"];
        Assert.Equal(isHeadless, (string?)spec["clusterIP"] == "None");
        Assert.Equal(isHeadless, (bool?)spec["publishNotReadyAddresses"] is true);
    }

    [Theory]
    [InlineData("startupProbe", "/healthz")]
    [InlineData("livenessProbe", "/healthz")]
    [InlineData("readinessProbe", "/readyz")]
    public async Task Probes_ask_what_the_silo_answers(string probe, string path)
    {
        await using var application = WebApplication.CreateSlimBuilder().Build();
        application.MapHealth();
        var answered = ((IEndpointRouteBuilder)application).DataSources.SelectMany(static source => source.Endpoints).OfType<RouteEndpoint>().Select(static endpoint => endpoint.RoutePattern.RawText);
        var asked = _manifests.Container[probe]!["httpGet"]!;
        Assert.Equal(("http", path), ((string?)asked["port"], (string?)asked["path"]));
        Assert.Contains(path, answered);
    }

    [Fact]
    public void A_silo_may_write_to_its_volumes_only_and_become_nobody_else()
    {
        var (pod, container) = (_manifests.Pod["securityContext"]!, _manifests.Container["securityContext"]!);
        Assert.True((bool?)pod["runAsNonRoot"]);
        Assert.Equal((int?)pod["runAsUser"], (int?)pod["fsGroup"]);
        Assert.Equal("RuntimeDefault", (string?)pod["seccompProfile"]!["type"]);
        Assert.True((bool?)container["readOnlyRootFilesystem"]);
        Assert.False((bool?)container["allowPrivilegeEscalation"]);
        Assert.Equal(["ALL"], container["capabilities"]!["drop"]!.AsArray().Select(static name => (string?)name));
        Assert.Equal(["/data", "/tmp"], _manifests.Container["volumeMounts"]!.AsArray().Select(static mount => (string?)mount!["mountPath"]));
        var claims = _manifests.StatefulSet["spec"]!["volumeClaimTemplates"]!.AsArray().Select(static claim => (string?)claim!["metadata"]!["name"]);
        var volumes = _manifests.Pod["volumes"]!.AsArray().Select(static volume => (string?)volume!["name"]);
        Assert.Equal(["data", "tmp"], claims.Concat(volumes));
    }

    [Fact]
    public void A_silo_has_memory_to_itself_and_no_limit_of_processor_time()
    {
        var resources = _manifests.Container["resources"]!;
        Assert.Equal((string?)resources["requests"]!["memory"], (string?)resources["limits"]!["memory"]);
        Assert.Null(resources["limits"]!["cpu"]);
    }

    [Fact]
    public void The_service_account_is_the_one_with_the_permissions() => Assert.All(
        [("RoleBinding", "Role", "actors"), ("ClusterRoleBinding", "ClusterRole", "actors-policies")],
        one => CheckBinding(one.Item1, one.Item2, one.Item3));

    private void CheckBinding(string kind, string role, string name)
    {
        var account = (string?)_manifests.Pod["serviceAccountName"];
        var binding = _manifests.Find(kind, name);
        Assert.Equal((role, name), ((string?)binding["roleRef"]!["kind"], (string?)binding["roleRef"]!["name"]));
        var subject = binding["subjects"]!.AsArray().Single()!;
        Assert.Equal(("ServiceAccount", account, "actors"), ((string?)subject["kind"], (string?)subject["name"], (string?)subject["namespace"]));
        Assert.NotNull(_manifests.Find("ServiceAccount", account!));
    }
}
