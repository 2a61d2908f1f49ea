using System.Text.Json.Nodes;
using Actors.Silo.Stores.Kubernetes;
using Microsoft.AspNetCore.Http;
using Orleans.Runtime;

namespace Actors.Silo.Tests.Stores.Kubernetes;

/// <summary>Leases are objects beside the table: whose clock counts, and what becomes of them.</summary>
public sealed class KubernetesLeaseTests : IAsyncLifetime
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(30);

    private KubernetesRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = await KubernetesRig.StartAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Theory]
    [InlineData(-2)]
    [InlineData(2)]
    public async Task A_lease_is_as_old_as_its_reader_has_seen_it_whatever_a_clock_on_a_wall_shows(int hours)
    {
        ShiftedTime theirs = new(), ours = new();
        theirs.SetWall(TimeSpan.FromHours(hours));
        KubernetesMembershipTable silo = await _rig.InitializedAsync(null, theirs), reader = await _rig.InitializedAsync(null, ours);
        await Silos.InsertAsync(silo, Silos.Entry(1));
        Assert.InRange(await AgeAsync(reader), TimeSpan.Zero, Moment);
        ours.SetWall(TimeSpan.FromHours(-hours));
        Assert.InRange(await AgeAsync(reader), TimeSpan.Zero, Moment);
        ours.Shift(TimeSpan.FromMinutes(10));
        Assert.InRange(await AgeAsync(reader), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(10) + Moment);
        await silo.UpdateIAmAlive(Silos.Entry(1));
        Assert.InRange(await AgeAsync(reader), TimeSpan.Zero, Moment);
    }

    [Fact]
    public async Task A_silo_that_is_added_has_a_lease_at_once()
    {
        var table = await _rig.InitializedAsync();
        await Silos.InsertAsync(table, Silos.Entry(1));
        var read = (await _rig.Open().ReadAll()).Members.Single().Item1;
        Assert.InRange(TimeProvider.System.GetUtcNow().UtcDateTime - read.IAmAliveTime, -Moment, Moment);
    }

    [Fact]
    public async Task A_lease_that_somebody_has_removed_is_made_again()
    {
        var table = await _rig.InitializedAsync();
        await Silos.InsertAsync(table, Silos.Entry(1));
        _rig.Server.RemoveLeases();
        Assert.Equal(default, (await table.ReadAll()).Members.Single().Item1.IAmAliveTime);
        await table.UpdateIAmAlive(Silos.Entry(1));
        Assert.NotEqual(default, (await table.ReadAll()).Members.Single().Item1.IAmAliveTime);
        Assert.Single(_rig.Server.LeaseNames);
    }

    [Theory]
    [InlineData("""{"items":7}""")]
    [InlineData("""{"items":[7,null,{},{"metadata":7},{"metadata":{"name":7}}]}""")]
    [InlineData("""{"items":[{"metadata":{"name":"silo-127-0-0-1-11111-1","resourceVersion":7},"spec":7}]}""")]
    [InlineData("""{"items":[{"metadata":{"name":"silo-127-0-0-1-11111-1"},"spec":{"renewTime":"soon"}}]}""")]
    public async Task A_lease_that_nobody_can_read_grows_old(string list)
    {
        var table = await _rig.InitializedAsync();
        await Silos.InsertAsync(table, Silos.Entry(1));
        _rig.Server.Intercept = async context =>
        {
            if (!context.Request.Path.Value!.EndsWith("/leases", StringComparison.Ordinal)) return false;
            await context.Response.WriteAsync(list);
            return true;
        };
        await AgeAsync(table);
        _rig.Time.Shift(TimeSpan.FromMinutes(10));
        Assert.InRange(await AgeAsync(table), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(10) + Moment);
    }

    [Fact]
    public async Task Old_silos_are_removed_with_their_leases_though_the_table_changes_meanwhile()
    {
        var table = await _rig.InitializedAsync();
        await Silos.InsertAsync(table, Silos.Entry(1, SiloStatus.Dead));
        await Silos.InsertAsync(table, Silos.Entry(2));
        var puts = 0;
        _rig.Server.Intercept = context =>
        {
            if (context.Request.Method == "PUT" && puts++ == 0) _rig.Server.Edit(static json => json["metadata"]!["labels"] = new JsonObject { ["edited"] = "yes" });
            return Task.FromResult(false);
        };
        await table.CleanupDefunctSiloEntries(TimeProvider.System.GetUtcNow().AddDays(1));
        Assert.Equal(Silos.Entry(2).SiloAddress, (await table.ReadAll()).Members.Single().Item1.SiloAddress);
        Assert.Equal(["silo-127-0-0-1-11112-1"], _rig.Server.LeaseNames);
        Assert.Equal(2, puts);
    }

    [Fact]
    public async Task A_cluster_is_deleted_though_its_leases_are_gone_already()
    {
        var table = await _rig.InitializedAsync();
        await Silos.InsertAsync(table, Silos.Entry(1));
        _rig.Server.RemoveLeases();
        await table.DeleteMembershipTableEntries(_rig.Cluster);
        Assert.Empty(_rig.Server.LeaseNames);
        await table.InitializeMembershipTable(true);
        await Silos.InsertAsync(table, Silos.Entry(1));
        await table.DeleteMembershipTableEntries(_rig.Cluster);
        Assert.Empty(_rig.Server.LeaseNames);
    }

    private static async Task<TimeSpan> AgeAsync(KubernetesMembershipTable table) =>
        (await table.ReadLeasesAsync(CancellationToken.None)).LeaseAges[Silos.Entry(1).SiloAddress];
}
