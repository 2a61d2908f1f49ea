using System.Text.Json.Nodes;
using Actors.Grains.Tests.Support;
using Actors.Silo.Stores.Kubernetes.Policies;
using Actors.Storage.Policies;
using Microsoft.Extensions.Logging.Abstractions;

namespace Actors.Silo.Tests.Stores.Kubernetes.Policies;

/// <summary>What the silos write of policies that people keep in Kubernetes: their status, whole, as its owner, and nothing else.</summary>
public sealed class KubernetesPolicyStatusTests : IAsyncLifetime
{
    private const string Kind = FakeApiServer.StoragePolicies;

    private static readonly DateTimeOffset Now = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly StoragePolicyStatus Full = new StoragePolicyStatus
    {
        Phase = PolicyPhase.Active,
        WatchedVolumes = 6,
        HotVolumes = 1,
        WarmVolumes = 2,
        ColdVolumes = 3,
        ActiveMigrations = 1,
        LastReconcileTime = Now,
        ObservedGeneration = 1,
    }.With(new MigrationRecord("v1", Now, "hot", "cold", 4_321.5, "2.5m", false, "pool full")).With(new PolicyCondition("Ready", "True", Now, "Reconciled", "All is well."));

    private KubernetesRig _rig = null!;
    private KubernetesPolicySource _source = null!;
    private SourcedPolicy _policy = null!;

    public async ValueTask InitializeAsync()
    {
        _rig = await KubernetesRig.StartAsync();
        _source = new KubernetesPolicySource(_rig.Ask(), NullLogger<KubernetesPolicySource>.Instance);
        Put("a");
        _policy = (await ReadAsync()).Policies.Single();
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task R14_a_status_comes_back_as_it_was_written_and_the_spec_stays()
    {
        var spec = _rig.Server.Read(Kind, "a")["spec"];

        Assert.True(await _source.WriteStatusAsync(_policy, Full, CancellationToken.None));

        var read = (await ReadAsync()).Policies.Single();
        Assert.True(JsonNode.DeepEquals(Full.ToJson(), read.Status.ToJson()));
        Assert.True(JsonNode.DeepEquals(spec, _rig.Server.Read(Kind, "a")["spec"]));
        Assert.Equal(1, read.Generation);
    }

    [Fact]
    public async Task A_status_of_the_beginning_has_nothing_that_is_null()
    {
        await _source.WriteStatusAsync(_policy, new StoragePolicyStatus(), CancellationToken.None);

        var status = (JsonObject)_rig.Server.Read(Kind, "a")["status"]!;
        Assert.Equal("Pending", (string?)status["phase"]);
        Assert.DoesNotContain("lastReconcileTime", status.Select(static pair => pair.Key));
    }

    [Fact]
    public async Task Every_field_that_is_written_is_ours_also_when_somebody_else_has_taken_it()
    {
        _rig.Server.Meddle(Kind, "a", "phase", "Disabled", "kubectl-edit");
        _rig.Server.Meddle(Kind, "a", "watchedVolumes", 99, "kubectl-edit");

        Assert.True(await _source.WriteStatusAsync(_policy, Full, CancellationToken.None));

        var status = (JsonObject)_rig.Server.Read(Kind, "a")["status"]!;
        Assert.Equal(("Active", 6), ((string?)status["phase"], (int?)status["watchedVolumes"]));
        Assert.All(status, pair => Assert.Equal("actors", _rig.Server.OwnerOf(Kind, "a", pair.Key)));
    }

    [Fact]
    public async Task A_policy_that_is_gone_is_no_error()
    {
        _rig.Server.Remove(Kind, "a");

        Assert.False(await _source.WriteStatusAsync(_policy, Full, CancellationToken.None));
    }

    [Fact]
    public async Task A_policy_of_the_same_name_that_was_made_since_gets_no_status_of_the_old_one()
    {
        _rig.Server.Remove(Kind, "a");
        Put("a");

        Assert.False(await _source.WriteStatusAsync(_policy, Full, CancellationToken.None));
        Assert.Null(_rig.Server.Read(Kind, "a")["status"]);
    }

    [Fact]
    public async Task Defects_11_and_20_every_mistake_is_in_the_status_and_what_was_counted_stays()
    {
        await _source.WriteStatusAsync(_policy, Full, CancellationToken.None);
        // What the definition cannot say: a time of nothing, and one that is too long.
        _rig.Server.Put(Kind, Object(StoragePolicy.Kind, "a", new JsonObject { ["samplingWindow"] = "0s", ["cooldownPeriod"] = "9999d", ["hotPoolSelector"] = new JsonObject() }));
        var spoilt = (await ReadAsync()).Policies.Single();

        await _source.WriteStatusAsync(spoilt, spoilt.Status.With(spoilt.Mistakes, Now), CancellationToken.None);

        var status = StoragePolicyStatus.FromJson(_rig.Server.Read(Kind, "a")["status"]);
        var ready = status.Conditions.Single(static condition => condition.Type == "Ready");
        Assert.Equal((PolicyPhase.Error, 1, "False", "Invalid"), (status.Phase, status.TotalMigrations, ready.Status, ready.Reason));
        Assert.StartsWith("Nothing moves by it until these 2 are put right: ", ready.Message);
        Assert.Contains("spec.samplingWindow is \"0s\"", ready.Message);
        Assert.Contains("spec.cooldownPeriod is \"9999d\"", ready.Message);
    }

    [Fact]
    public async Task A_status_that_somebody_has_spoilt_is_begun_anew()
    {
        _rig.Server.Meddle(Kind, "a", "totalMigrations", "many", "kubectl-edit");

        Assert.Equal(0, (await ReadAsync()).Policies.Single().Status.TotalMigrations);
    }

    [Fact]
    public async Task Erasure_coding_is_answered_by_what_is_not_supported()
    {
        const string Coding = FakeApiServer.ErasureCodingPolicies;
        _rig.Server.Put(Coding, Object(PolicyFile.ErasureCodingKind, "ec", []));
        var policy = (await ReadAsync()).ErasureCodingPolicies.Single();
        Assert.False(policy.IsAnswered);

        Assert.True(await _source.AnswerAsync(policy, Now, CancellationToken.None));

        var status = _rig.Server.Read(Coding, "ec")["status"]!;
        var condition = Assert.Single(status["conditions"]!.AsArray())!;
        Assert.Equal(("Invalid", "ErasureCoding", "False", "NotSupported"), ((string?)status["phase"], (string?)condition["type"], (string?)condition["status"], (string?)condition["reason"]));
        Assert.Equal("actors", _rig.Server.OwnerOf(Coding, "ec", "conditions"));
        Assert.True((await ReadAsync()).ErasureCodingPolicies.Single().IsAnswered);
        _rig.Server.Remove(Coding, "ec");
        Assert.False(await _source.AnswerAsync(policy, Now, CancellationToken.None));
    }

    [Theory]
    [InlineData(500, true, "the API server says 500: not now")]
    [InlineData(422, false, "the API server says 422: not now")]
    [InlineData(403, false, "the service account may not do that; give it the ClusterRole of deploy/k8s: not now")]
    [InlineData(401, false, "the API server does not accept the token in ")]
    public async Task What_was_not_written_is_said_and_whether_nobody_knows(int code, bool mayHaveHappened, string reason)
    {
        _rig.Server.Intercept = async context =>
        {
            await FakeApiServer.RefuseAsync(context, code, "Trouble", "not now");
            return true;
        };

        var error = await Assert.ThrowsAsync<PolicySourceException>(() => _source.WriteStatusAsync(_policy, Full, CancellationToken.None));

        Assert.StartsWith("The status of StoragePolicy a was not written: " + reason, error.Message);
        Assert.Equal(mayHaveHappened, error.MayHaveHappened);
    }

    [Fact]
    public async Task A_definition_that_is_missing_is_named()
    {
        _rig.Server.UnknownKinds.Add(Kind);

        var error = await Assert.ThrowsAsync<PolicySourceException>(() => _source.WriteStatusAsync(_policy, Full, CancellationToken.None));
        Assert.Contains("apply deploy/k8s/storage-crds.yaml first", error.Message);
    }

    [Fact]
    public async Task A_server_that_is_busy_is_asked_again()
    {
        var refused = 0;
        _rig.Server.Intercept = async context =>
        {
            if (refused++ > 1) return false;
            await FakeApiServer.RefuseAsync(context, 429, "TooManyRequests", "not now");
            return true;
        };

        Assert.True(await _source.WriteStatusAsync(_policy, Full, CancellationToken.None));
    }

    private void Put(string name) => _rig.Server.Put(Kind, Object(StoragePolicy.Kind, name, new JsonObject { ["hotPoolSelector"] = new JsonObject() }));

    private async Task<PolicySet> ReadAsync()
    {
        await using var sets = _source.WatchAsync(CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await sets.MoveNextAsync().AsTask().WaitAsync(TestGuard.Limit));
        return sets.Current;
    }

    private static JsonObject Object(string kind, string name, JsonObject spec) => new()
    {
        ["apiVersion"] = StoragePolicy.ApiVersion,
        ["kind"] = kind,
        ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = spec,
    };
}
