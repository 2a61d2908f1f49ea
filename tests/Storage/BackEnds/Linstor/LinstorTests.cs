using System.Text.Json.Nodes;
using Actors.Storage.BackEnds;
using Actors.Storage.Migrations;

namespace Actors.Storage.Tests.BackEnds.Linstor;

/// <summary>LINSTOR's own rules, rates and errors.</summary>
public sealed class LinstorTests
{
    private const string RateProp = "DrbdOptions/PeerDevice/c-max-rate";

    [Theory]
    [InlineData(null)]
    [InlineData("102400")]
    public async Task R16_the_rate_is_DRBDs_while_it_moves_and_what_was_there_comes_back(string? before)
    {
        await using var world = new LinstorWorld();
        if (before is not null) world.Own.Props[RateProp] = before;
        var driver = new MigrationDriver(world) { GrantBytesPerSecond = 50 << 20 };
        await driver.RunUntilAsync(() => driver.Stored.Target is not null);
        Assert.Equal("51200", world.Own.Props[RateProp]);
        await world.BackEnd.RenewAsync("v", new(0, TimeSpan.FromSeconds(3)), CancellationToken.None);
        Assert.Equal("1", world.Own.Props[RateProp]);
        await driver.RunUntilAsync(MigrationPhase.Done);

        Assert.Equal(before, world.Own.Props.GetValueOrDefault(RateProp));
        Assert.DoesNotContain(world.Own.Props.Keys, name => name.Contains("actors-tiering", StringComparison.Ordinal));
        Assert.Equal(BudgetKind.Advisory, world.BackEnd.Budget);
    }

    [Fact]
    public async Task R16_a_pause_pauses_and_a_rate_that_nobody_takes_back_is_taken_back_by_a_look()
    {
        await using var world = new LinstorWorld();
        var driver = new MigrationDriver(world) { GrantBytesPerSecond = 50 << 20 };
        await driver.RunUntilAsync(() => driver.Stored.Target is not null);
        var copying = (await world.BackEnd.ReadAsync("v", "n3/hot", CancellationToken.None))!;
        Assert.Equal((true, 50L << 20), (copying.IsCopying, copying.SpeedBytesPerSecond));
        await driver.RoundAsync(command: MigrationCommand.Pause);
        Assert.Equal("1", world.Own.Props[RateProp]);
        await driver.RoundAsync(command: MigrationCommand.Resume);
        await driver.RunUntilAsync(() => driver.Stored.Phase == MigrationPhase.Copying);
        await driver.RoundAsync();
        Assert.Equal("51200", world.Own.Props[RateProp]);

        world.Own.Resources.RemoveAt(2); // by somebody else
        await driver.RunUntilAsync(MigrationPhase.Failed);
        Assert.Equal(["Aux/app"], world.Own.Props.Keys);
    }

    [Fact]
    public async Task R16_a_pause_is_lifted_while_another_replica_is_filled_and_only_so_long()
    {
        await using var world = new LinstorWorld();
        var driver = new MigrationDriver(world) { GrantBytesPerSecond = 50 << 20 };
        await driver.RunUntilAsync(() => driver.Stored.Target is not null);
        world.Own.Resources[2].DonePercent = 10;
        await world.BackEnd.RenewAsync("v", default, CancellationToken.None);
        world.Own.Resources[1].DonePercent = 50;
        world.Own.Lost.UnionWith([("n2", "n1"), ("n1", "n2"), ("n2", "n3"), ("n3", "n2")]);
        await LookAsync("1"); // nobody fills it, so nothing is held up

        world.Own.Lost.Clear();
        await LookAsync(null);
        await LookAsync(null);
        world.Own.Resources[1].DonePercent = 100;
        await LookAsync("1");
        await LookAsync("1");
        world.Own.Resources[1].DonePercent = 50; // and once more
        await LookAsync(null);
        world.Own.Resources[1].DonePercent = 100;

        await world.BackEnd.RenewAsync("v", new(50 << 20, TimeSpan.FromSeconds(3)), CancellationToken.None);
        await LookAsync("51200"); // it goes on
        await driver.RunUntilAsync(MigrationPhase.Done);
        Assert.Equal(["Aux/app"], world.Own.Props.Keys);

        async Task LookAsync(string? rate)
        {
            var view = (await world.BackEnd.ReadAsync("v", "n3/hot", CancellationToken.None))!;
            Assert.Equal(rate, world.Own.Props.GetValueOrDefault(RateProp));
            Assert.Equal(rate == "51200", view.IsCopying);
        }
    }

    [Fact]
    public async Task A_replica_that_lost_the_writer_is_not_in_sync_whatever_it_says_of_itself()
    {
        await using var world = new LinstorWorld();
        world.Service.Add("v", "n4", null).IsInUse = true;
        var driver = new MigrationDriver(world);
        await driver.RunUntilAsync(MigrationPhase.Soaking);
        world.Own.Lost.Add(("n3", "n4"));
        Assert.Equal([("n1", true), ("n2", true), ("n3", false)], await InSyncAsync(world));
        Assert.False((await world.BackEnd.ListAsync(CancellationToken.None)).Volumes.Single().IsHealthy);
        world.Service.TellsConnections = false;
        Assert.All(await InSyncAsync(world), replica => Assert.False(replica.IsInSync)); // nobody knows
        world.Service.TellsConnections = true;

        await driver.RunUntilAsync(() => driver.Stored.IsFinal);
        Assert.Equal((MigrationPhase.Failed, "the new replica failed before the old one was removed"), (driver.Stored.Phase, driver.Stored.Reason));
        Assert.Equal(["n1", "n2", "n4"], world.Own.Resources.Select(resource => resource.Node)); // n1 has what was written since
    }

    [Fact]
    public async Task A_replica_that_the_others_lost_is_not_in_sync_and_they_are_not_either()
    {
        await using var world = new LinstorWorld();
        Assert.Equal([("n1", true), ("n2", true)], await InSyncAsync(world));
        world.Own.Lost.Add(("n2", "n1"));
        Assert.Equal([("n1", false), ("n2", false)], await InSyncAsync(world));
        world.Own.Resources[1].DonePercent = 50; // it is behind by its own word: nobody misses it
        Assert.Equal([("n1", true), ("n2", false)], await InSyncAsync(world));
    }

    [Theory]
    [InlineData("n1")]
    [InlineData("n3")]
    public async Task R15_a_connection_that_is_lost_beside_the_copy_ends_it_not(string node)
    {
        await using var world = new LinstorWorld();
        var driver = new MigrationDriver(world) { GrantBytesPerSecond = 50 << 20 };
        await driver.RunUntilAsync(() => driver.Stored.Target is not null);
        world.Own.Lost.Add((node, "n2"));
        for (var round = 0; round < 400; round++) await driver.RoundAsync(); // longer than a copy may stand still
        Assert.Equal((MigrationPhase.Copying, node == "n1" ? "n1/cold" : "n2/cold"), (driver.Stored.Phase, driver.Stored.Reason!.Split(' ')[3]));
        Assert.Equal(("51200", 100), (world.Own.Props[RateProp], world.Own.Resources[2].DonePercent)); // what was lent is in force, for DRBD and for what catches up
        Assert.DoesNotContain(world.Service.Changes, static change => change.StartsWith("DELETE", StringComparison.Ordinal));

        world.Own.Lost.Clear();
        await driver.RunUntilAsync(MigrationPhase.Done);
        Assert.Equal(["n2", "n3"], world.Own.Resources.Select(static resource => resource.Node));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_replica_that_is_added_by_hand_meanwhile_stays(bool isAborted)
    {
        await using var world = new LinstorWorld();
        world.Service.Pools[("n4", "cold")] = new(50_000_000);
        var driver = new MigrationDriver(world);
        await driver.RunUntilAsync(() => driver.Stored.Target is not null);
        world.Service.Add("v", "n4", "cold", donePercent: 0);
        if (isAborted) await driver.RoundAsync(command: MigrationCommand.Abort);
        await driver.RunUntilAsync(() => driver.Stored.IsFinal);
        Assert.Equal(isAborted ? MigrationPhase.Failed : MigrationPhase.Done, driver.Stored.Phase);
        Assert.Equal(isAborted ? ["n1", "n2", "n4"] : ["n2", "n3", "n4"], world.Own.Resources.Select(static resource => resource.Node));
        Assert.All(world.Own.Resources, static resource => Assert.True(resource.IsUpToDate));
        Assert.Equal(["Aux/app"], world.Own.Props.Keys);
    }

    /// <summary>The names that storage.md lists of rest_v1_openapi.yaml, and no other is read.</summary>
    [Fact]
    public async Task R20_the_service_of_the_tests_answers_in_LINSTORs_shapes()
    {
        await using var world = new LinstorWorld();
        world.Service.Add("v", "n3", "hot", donePercent: 50);
        world.Service.Pools[("n2", "cold")].IsBroken = true;
        using var http = new HttpClient();
        var resource = (await GetAsync("v1/view/resources?resources=v"))[0]!;
        AssertHas(resource, "name", "node_name", "uuid", "props", "flags", "layer_object", "state", "volumes");
        AssertHas(resource["state"], "in_use");
        AssertHas(resource["layer_object"], "type", "children", "drbd");
        AssertHas(resource["layer_object"]!["drbd"]!["connections"]!["n2"], "connected", "message");
        AssertHas(resource["volumes"]![0], "volume_number", "storage_pool_name", "provider_kind", "state");
        AssertHas(resource["volumes"]![0]!["state"], "disk_state", "replication_states");
        AssertHas((await GetAsync("v1/view/resources"))[2]!["volumes"]![0]!["state"]!["replication_states"]!["n1"], "replication_state", "done_percentage");
        var pools = (JsonArray)await GetAsync("v1/view/storage-pools");
        AssertHas(pools[0], "storage_pool_name", "node_name", "provider_kind", "props", "free_capacity", "total_capacity", "uuid");
        AssertHas(pools.Single(pool => pool!["reports"] is not null)!["reports"]![0], "ret_code", "message");
        var definition = (await GetAsync("v1/resource-definitions?with_volume_definitions=true"))[0]!;
        AssertHas(definition, "name", "resource_group_name", "props", "uuid", "volume_definitions");
        AssertHas(definition["volume_definitions"]![0], "volume_number", "size_kib");
        var error = (await GetAsync("v1/resource-definitions/none/resources"))[0]!;
        AssertHas(error, "ret_code", "message", "correction");
        Assert.True(((ulong)(long)error["ret_code"]! & 0xC000_0000_0000_0000) == 0xC000_0000_0000_0000);

        async Task<JsonNode> GetAsync(string path)
        {
            using var answer = await http.GetAsync(new Uri(world.Service.Address, path));
            return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        }

        static void AssertHas(JsonNode? node, params string[] names) => Assert.All(names, name => Assert.True(node!.AsObject().ContainsKey(name), name));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_abort_leaves_a_node_without_a_disk_that_had_none(bool isInUse)
    {
        await using var world = new LinstorWorld(hasTieBreaker: true);
        world.Own.Resources[2].IsInUse = isInUse;
        var driver = new MigrationDriver(world);
        await driver.RunUntilAsync(() => driver.Stored.Target is not null);
        await driver.RoundAsync(command: MigrationCommand.Abort);
        await driver.RunUntilAsync(MigrationPhase.Failed);
        Assert.Equal([("n1", "cold"), ("n2", "cold"), ("n3", null)], world.Own.Resources.Select(resource => (resource.Node, resource.Pool)));
        Assert.Equal(["Aux/app"], world.Own.Props.Keys);
    }

    [Fact]
    public async Task A_disk_that_was_given_stays_when_it_is_the_old_one_that_goes()
    {
        await using var world = new LinstorWorld(hasTieBreaker: true);
        await new MigrationDriver(world).RunUntilAsync(MigrationPhase.Done);
        Assert.Equal([("n2", "cold"), ("n3", "hot")], world.Own.Resources.Select(resource => (resource.Node, resource.Pool)));
        Assert.Equal(["Aux/app"], world.Own.Props.Keys);
        Assert.Equal(["app"], (await world.BackEnd.ListAsync(CancellationToken.None)).Volumes.Single().Labels.Keys);
    }

    [Fact]
    public async Task A_rate_that_is_set_is_not_set_again()
    {
        await using var world = new LinstorWorld();
        for (var times = 0; times < 3; times++) await world.BackEnd.RenewAsync("v", new(10 << 20, TimeSpan.FromSeconds(3)), CancellationToken.None);
        Assert.Single(world.Service.Changes);
    }

    [Fact]
    public async Task A_replica_in_use_stays_until_it_is_not()
    {
        await using var world = new LinstorWorld();
        var driver = new MigrationDriver(world);
        await driver.RunUntilAsync(MigrationPhase.RemovingSource);
        world.Own.Resources[0].IsInUse = true;
        for (var round = 0; round < 10; round++) await driver.RoundAsync();
        Assert.Equal((MigrationPhase.RemovingSource, 3), (driver.Stored.Phase, world.Own.Resources.Count));
        Assert.Contains("in use on n1", (await Assert.ThrowsAsync<BackEndException>(() => PerformAsync(world, MigrationEffect.RemoveReplica, world.Own.Resources[0].Uuid))).Message);

        world.Own.Resources[0].IsInUse = false;
        await driver.RunUntilAsync(MigrationPhase.Done);
        Assert.Equal(["n2", "n3"], world.Own.Resources.Select(resource => resource.Node));
    }

    [Fact]
    public async Task A_tie_breaker_is_given_a_disk_and_another_node_a_resource()
    {
        await using var tied = new LinstorWorld(hasTieBreaker: true);
        await PerformAsync(tied, MigrationEffect.CreateTarget);
        Assert.Equal(["PUT v1/resource-definitions/v", "PUT v1/resource-definitions/v/resources/n3/toggle-disk"], tied.Service.Changes);
        Assert.Equal("1024", tied.Own.Props[RateProp]); // from its beginning on
        await using var free = new LinstorWorld();
        await PerformAsync(free, MigrationEffect.CreateTarget);
        Assert.Equal(["PUT v1/resource-definitions/v", "POST v1/resource-definitions/v/resources/n3"], free.Service.Changes);
    }

    [Fact]
    public async Task What_cannot_be_done_is_refused_before_anything_is_changed()
    {
        await AssertRefusedAsync("would drop that first", "n2/hot", world => world.Service.Pools[("n2", "hot")] = new(50_000_000));
        await AssertRefusedAsync("bytes free", "n3/hot", world => world.Service.Pools[("n3", "hot")].UsedKiB = 49_500_000);
        await AssertRefusedAsync("there is no pool n3/warm", "n3/warm", _ => { });
        await AssertRefusedAsync("not usable", "n3/hot", world => world.Service.Pools[("n3", "hot")].IsBroken = true);

        static async Task AssertRefusedAsync(string told, string target, Action<LinstorWorld> spoil)
        {
            await using var world = new LinstorWorld();
            spoil(world);
            var refusal = await Assert.ThrowsAsync<BackEndException>(() => world.BackEnd.PerformAsync(new("v", MigrationEffect.CreateTarget, "n1/cold", target, null, default), CancellationToken.None));
            Assert.Contains(told, refusal.Message);
            Assert.Empty(world.Service.Changes);
        }
    }

    [Fact]
    public async Task A_replica_is_not_removed_while_another_is_behind_nor_when_it_is_the_last()
    {
        await using var world = new LinstorWorld();
        world.Own.Resources[1].DonePercent = 50;
        Assert.Contains("is not up to date", (await Assert.ThrowsAsync<BackEndException>(() => PerformAsync(world, MigrationEffect.RemoveReplica, world.Own.Resources[0].Uuid))).Message);
        await PerformAsync(world, MigrationEffect.RemoveReplica, world.Own.Resources[1].Uuid); // the one that is behind may go
        Assert.Contains("the last replica", (await Assert.ThrowsAsync<BackEndException>(() => PerformAsync(world, MigrationEffect.RemoveReplica, world.Own.Resources[0].Uuid))).Message);
        await PerformAsync(world, MigrationEffect.RemoveReplica, "no-such-replica");
        Assert.Single(world.Own.Resources);
    }

    [Fact]
    public async Task Views_show_progress_failures_and_labels()
    {
        await using var world = new LinstorWorld();
        await PerformAsync(world, MigrationEffect.CreateTarget);
        world.Service.Pass();
        world.Own.Resources[1].IsFailed = true;
        var view = (await world.BackEnd.ReadAsync("v", "n3/hot", CancellationToken.None))!;
        Assert.Equal(
            [("n1/cold", true, false, LinstorWorld.SizeKiB * 1_024), ("n2/cold", false, true, 0L), ("n3/hot", false, false, LinstorWorld.SizeKiB * 1_024 * 2 / 5)],
            view.Replicas.Select(replica => (replica.Pool, replica.IsInSync, replica.IsFaulted, replica.IsFaulted ? 0 : replica.SyncedBytes)));
        var all = await world.BackEnd.ListAsync(CancellationToken.None);
        Assert.Equal(("fast", "db", false), (all.Volumes[0].StorageClass, all.Volumes[0].Labels["app"], all.Volumes[0].IsHealthy));
        Assert.Equal("hot", all.Pools.Single(pool => pool.Name == "n3/hot").Labels["tier"]);
    }

    [Fact]
    public async Task An_operation_that_is_done_and_answered_with_an_error_is_done_once()
    {
        await using var world = new LinstorWorld();
        var seen = new HashSet<string>();
        world.Service.Afterwards = request => !request.StartsWith("GET", StringComparison.Ordinal) && seen.Add(request) ? (500, "") : null;
        await new MigrationDriver(world).RunUntilAsync(MigrationPhase.Done);
        Assert.Equal(["n2", "n3"], world.Own.Resources.Select(resource => resource.Node));
        Assert.Single(world.Service.Changes, change => change.StartsWith("POST", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(200, "<html>", "something else")]
    [InlineData(200, "{}", "something else")]
    [InlineData(200, "[1]", "something else")]
    [InlineData(500, "[{\"ret_code\":-4611686018427386905,\"message\":\"broken\",\"cause\":\"disk\",\"correction\":\"replace it\"}]", "broken; disk; replace it")]
    [InlineData(502, "<html>proxy</html>", "HTTP 502")]
    public async Task Answers_that_are_errors_or_something_else_are_told(int status, string body, string told)
    {
        await using var world = new LinstorWorld();
        world.Service.Instead = _ => (status, body);
        Assert.Contains(told, (await Assert.ThrowsAsync<BackEndException>(() => world.BackEnd.ListAsync(CancellationToken.None))).Message);
        Assert.Contains(told, (await Assert.ThrowsAsync<BackEndException>(() => world.BackEnd.ReadAsync("v", "n3/hot", CancellationToken.None))).Message);
    }

    [Fact]
    public async Task An_error_in_an_answer_of_success_is_an_error()
    {
        await using var world = new LinstorWorld();
        world.Service.Instead = request => request.StartsWith("POST", StringComparison.Ordinal) ? (200, "[{\"ret_code\":1,\"message\":\"created\"},{\"ret_code\":-4611686018427386905,\"message\":\"satellite offline\"}]") : null;
        Assert.Contains("satellite offline", (await Assert.ThrowsAsync<BackEndException>(() => PerformAsync(world, MigrationEffect.CreateTarget))).Message);
    }

    private static async Task<IEnumerable<(string Node, bool IsInSync)>> InSyncAsync(LinstorWorld world) =>
        (await world.BackEnd.ReadAsync("v", "n3/hot", CancellationToken.None))!.Replicas.Select(replica => (replica.Pool[..2], replica.IsInSync));

    private static Task PerformAsync(LinstorWorld world, MigrationEffect effect, string? replica = null) =>
        world.BackEnd.PerformAsync(new("v", effect, world.SourcePool, world.TargetPool, replica, new(1 << 20, TimeSpan.FromMinutes(1))), CancellationToken.None);
}
