using System.Text.Json.Nodes;
using Actors.Grains.Tests.Support;
using Actors.Membership;
using Actors.Silo.Stores.Kubernetes;
using Actors.Silo.Stores.Kubernetes.Policies;
using Actors.Silo.Tests.Stores.Kubernetes;
using Actors.Storage.Policies;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Runtime;

namespace Actors.Silo.Tests.Deploy;

/// <summary>The Role allows what the membership table does, the ClusterRole what the source of policies does, and nothing that they do not do.</summary>
public sealed class PermissionTests : IAsyncLifetime
{
    private KubernetesRig _rig = null!;
    private ApiRole _role = null!;
    private ApiRole _policies = null!;

    public async ValueTask InitializeAsync()
    {
        _rig = await KubernetesRig.StartAsync();
        _role = new ApiRole((await Manifests.ReadAsync()).Find("Role", "actors"));
        _policies = new ApiRole((await Manifests.ReadAsync()).Find("ClusterRole", "actors-policies"));
        _rig.Server.Allows = access => _role.Allows(access) || _policies.Allows(access);
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Everything_that_a_silo_does_is_allowed_and_everything_that_is_allowed_is_done()
    {
        await DoAllAsync(_rig.Open());
        var idle = _role.Granted.Where(grant => !_rig.Server.Accesses.Any(access => ApiRole.Covers(grant, access)));
        Assert.Empty(idle);
    }

    [Fact]
    public async Task Everything_that_the_source_of_policies_does_is_allowed_and_everything_that_is_allowed_is_done()
    {
        JsonObject Policy(string kind, string name) => new()
        {
            ["apiVersion"] = StoragePolicy.ApiVersion,
            ["kind"] = kind,
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject { ["hotPoolSelector"] = new JsonObject() },
        };
        _rig.Server.Put(FakeApiServer.StoragePolicies, Policy(StoragePolicy.Kind, "a"));
        _rig.Server.Put(FakeApiServer.ErasureCodingPolicies, Policy(PolicyFile.ErasureCodingKind, "b"), isChecked: false);
        var source = new KubernetesPolicySource(_rig.Ask(), NullLogger<KubernetesPolicySource>.Instance);
        await using var sets = source.WatchAsync(CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await sets.MoveNextAsync().AsTask().WaitAsync(TestGuard.Limit));
        Assert.True(await source.WriteStatusAsync(sets.Current.Policies.Single(), new StoragePolicyStatus(), CancellationToken.None));
        Assert.True(await source.AnswerAsync(sets.Current.ErasureCodingPolicies.Single(), DateTimeOffset.UnixEpoch, CancellationToken.None));
        var next = sets.MoveNextAsync();
        await TestGuard.UntilAsync(() => _rig.Server.Watches == 2, "a watch of each kind");
        _rig.Server.Remove(FakeApiServer.StoragePolicies, "a");
        Assert.True(await next);

        var idle = _policies.Granted.Where(grant => !_rig.Server.Accesses.Any(access => ApiRole.Covers(grant, access)));
        Assert.Empty(idle);
    }

    /// <summary>Only a person deletes a cluster; kubectl does it with the person's own permissions.</summary>
    [Fact]
    public async Task What_is_not_allowed_is_refused_with_a_sentence()
    {
        var table = await _rig.InitializedAsync();
        var error = await Assert.ThrowsAsync<MembershipStoreException>(() => table.DeleteMembershipTableEntries(_rig.Cluster));
        Assert.Contains("give it the Role of deploy/k8s", error.Message);
        Assert.False(error.MayHaveHappened);
    }

    private async Task DoAllAsync(KubernetesMembershipTable table)
    {
        await table.InitializeMembershipTable(true);
        await Silos.InsertAsync(table, Silos.Entry(1));
        await Silos.InsertAsync(table, Silos.Entry(2));
        await using var versions = table.WatchAsync(CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await versions.MoveNextAsync());
        var next = versions.MoveNextAsync();
        var row = (await table.ReadRow(Silos.Entry(1).SiloAddress)).Members.Single();
        Assert.True(await table.UpdateRow(Silos.Entry(1, SiloStatus.Dead), row.Item2, (await table.ReadAll()).Version.Next()));
        Assert.True(await next);
        Assert.NotNull(await table.RenewLeaseAsync(Silos.Entry(2).SiloAddress, CancellationToken.None));
        Assert.Equal(2, (await table.ReadLeasesAsync(CancellationToken.None)).LeaseAges.Count);
        await table.CleanupDefunctSiloEntries(TimeProvider.System.GetUtcNow().AddDays(1));
        Assert.Single((await table.ReadAll()).Members);
    }
}
