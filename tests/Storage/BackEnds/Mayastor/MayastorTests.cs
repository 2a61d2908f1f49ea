using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Actors.Storage.BackEnds;
using Actors.Storage.BackEnds.Mayastor;
using Actors.Storage.Migrations;

namespace Actors.Storage.Tests.BackEnds.Mayastor;

/// <summary>Mayastor's own rules, mistakes and errors.</summary>
public sealed class MayastorTests
{
    [Fact]
    public async Task Defect_8_Mayastor_takes_the_new_replica_by_mistake_and_it_ends_there()
    {
        await using var world = new MayastorWorld();
        var driver = new MigrationDriver(world);
        await driver.RunUntilAsync(MigrationPhase.RemovingSource);
        world.Service.TakesTheNewest = true;
        await driver.RunUntilAsync(() => driver.Stored.IsFinal);

        Assert.Equal(MigrationPhase.Failed, driver.Stored.Phase);
        Assert.Contains("removed the new replica instead of the old one", driver.Stored.Reason);
        Assert.Single(world.Service.Changes, change => change.EndsWith("replica_count/2", StringComparison.Ordinal));
        world.Service.Pass();
        world.Service.Pass();
        world.Service.Pass();
        Assert.Equal(["cold-a", "cold-b"], world.Own.Replicas.Select(replica => replica.Pool));
    }

    /// <summary>The predecessor patched custom resources that Mayastor does not have.</summary>
    [Fact]
    public async Task Defect_18_a_migration_asks_for_nothing_but_what_Mayastors_service_has()
    {
        // Of v0_api_spec.yaml, what a migration may need.
        string[] known =
        [
            "^GET volumes$", "^GET volumes/[^/]+$", "^PUT volumes/[^/]+/replica_count/[0-9]+$", "^GET pools$", "^GET nodes$", "^GET replicas/[^/]+$",
            "^(PUT|DELETE) nodes/[^/]+/cordon/[^/]+$", "^DELETE nexuses/[^/]+/children/[^/]+$",
        ];
        await using var world = new MayastorWorld(target: "n1"); // which has to be asked to let go of its child
        await world.BackEnd.ListAsync(CancellationToken.None);
        await new MigrationDriver(world).RunUntilAsync(MigrationPhase.Done);
        Assert.All(world.Service.Requests, request => Assert.Contains(known, pattern => Regex.IsMatch(request, pattern)));
        Assert.All(known, pattern => Assert.Contains(world.Service.Requests, request => Regex.IsMatch(request, pattern)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_replica_that_is_added_by_hand_meanwhile_stays(bool isAborted)
    {
        await using var world = new MayastorWorld();
        var driver = new MigrationDriver(world);
        await driver.RunUntilAsync(() => driver.Stored.Target is not null);
        await driver.RunUntilAsync(MigrationPhase.Synced); // Mayastor adds one to a volume that is online only
        using var http = new HttpClient();
        using (var added = await http.PutAsync(new Uri(world.Service.Address, "volumes/v/replica_count/4"), null)) added.EnsureSuccessStatusCode();
        if (isAborted) await driver.RoundAsync(command: MigrationCommand.Abort);
        await driver.RunUntilAsync(() => driver.Stored.IsFinal);
        Assert.Equal(isAborted ? MigrationPhase.Failed : MigrationPhase.Done, driver.Stored.Phase);
        Assert.Equal(isAborted ? ["cold-a", "cold-b", "hot-d"] : ["cold-b", "hot-c", "hot-d"], world.Own.Replicas.Select(replica => replica.Pool).Order());
        Assert.Equal(3, world.Own.Count);
    }

    [Fact]
    public async Task The_replica_beside_the_target_is_taken_out_of_it_first_and_one_that_goes_anyway_is_not()
    {
        await using var beside = new MayastorWorld(target: "n1");
        await new MigrationDriver(beside).RunUntilAsync(MigrationPhase.Done);
        Assert.Single(beside.Service.Changes, change => change.StartsWith("DELETE nexuses/nexus-v/children/nvmf://", StringComparison.Ordinal));

        await using var single = new MayastorWorld();
        single.Service.Volumes.Remove("v");
        single.Service.Add("v", MayastorWorld.SizeBytes, "n3", "cold-a");
        await PerformAsync(single, MigrationEffect.CreateTarget);
        single.Service.Pass();
        single.Service.Pass();
        single.Service.Pass();
        await PerformAsync(single, MigrationEffect.RemoveReplica, single.Own.Replicas[0].Id);
        Assert.Equal(["hot-c"], single.Own.Replicas.Select(replica => replica.Pool));
        Assert.DoesNotContain(single.Service.Changes, change => change.StartsWith("DELETE nexuses", StringComparison.Ordinal));
    }

    [Fact]
    public async Task R19_cordons_last_for_one_call_and_what_a_dead_process_left_is_taken_away()
    {
        await using var world = new MayastorWorld();
        world.Service.Nodes["n4"].Add("maintenance");
        await PerformAsync(world, MigrationEffect.CreateTarget);
        Assert.Equal(["maintenance"], world.Service.Nodes.Values.SelectMany(labels => labels));
        Assert.False((await world.BackEnd.ListAsync(CancellationToken.None)).Pools.Single(pool => pool.Name == "hot-d").IsUsable);

        await using var other = new MayastorWorld();
        var until = other.Time.GetUtcNow().ToUnixTimeSeconds() + 60;
        other.Service.Nodes["n4"].Add($"actors-tiering-{until}");
        var refusal = await Assert.ThrowsAsync<BackEndException>(() => PerformAsync(other, MigrationEffect.CreateTarget));
        Assert.False(refusal.IsPermanent);
        Assert.Contains("another replica is being placed", refusal.Message);
        Assert.True((await other.BackEnd.ListAsync(CancellationToken.None)).Pools.Single(pool => pool.Name == "hot-d").IsUsable); // it is ours, and short

        other.Time.Pass(61_000);
        other.Service.Nodes["n4"].Add("actors-tiering-of-an-old-version");
        await PerformAsync(other, MigrationEffect.CreateTarget);
        Assert.Empty(other.Service.Nodes.Values.SelectMany(labels => labels));
        Assert.Equal("hot-c", other.Own.Replicas[2].Pool); // and not in hot-d, which has more room
    }

    [Fact]
    public async Task R19_a_placement_that_sees_another_gives_way_and_leaves_its_cordons()
    {
        await using var world = new MayastorWorld();
        var other = $"actors-tiering-{world.Time.GetUtcNow().ToUnixTimeSeconds() + 120}-0123-1";
        world.Service.Instead = request =>
        {
            if (request.StartsWith("PUT nodes", StringComparison.Ordinal) && !world.Service.Nodes["n3"].Contains(other)) world.Service.Nodes["n3"].Add(other); // it looked before this one had cordoned anything
            return null;
        };
        var refusal = await Assert.ThrowsAsync<BackEndException>(() => PerformAsync(world, MigrationEffect.CreateTarget));
        Assert.Contains($"another replica is being placed ({other})", refusal.Message);
        Assert.False(refusal.IsPermanent);
        Assert.Equal([other], world.Service.Nodes.Values.SelectMany(labels => labels));
        Assert.DoesNotContain(world.Service.Changes, change => change.Contains("replica_count", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task R19_two_placements_at_once_each_land_where_they_should(bool isOneSilo)
    {
        for (var time = 0; time < 5; time++)
        {
            await using var world = new MayastorWorld();
            world.Service.Add("w", MayastorWorld.SizeBytes, "n1", "cold-a", "cold-b");
            await Task.WhenAll(PlaceAsync(world.BackEnd, "v", "hot-c"), PlaceAsync(isOneSilo ? world.BackEnd : world.New(), "w", "hot-d"));
            Assert.Equal(("hot-c", "hot-d"), (world.Own.Replicas[2].Pool, world.Service.Volumes["w"].Replicas[2].Pool));
            Assert.Empty(world.Service.Nodes.Values.SelectMany(labels => labels));
        }

        // As grains do: each after a pause of its own.
        static async Task PlaceAsync(IVolumeBackEnd backEnd, string volume, string pool)
        {
            for (var attempt = 0; ; attempt++)
            {
                try
                {
                    await backEnd.PerformAsync(new(volume, MigrationEffect.CreateTarget, "cold-a", pool, null, default), CancellationToken.None);
                    return;
                }
                catch (BackEndException refusal) when (!refusal.IsPermanent && attempt < 1_000)
                {
                    for (var look = 0; look < attempt % (volume == "v" ? 3 : 7); look++) await backEnd.ReadAsync(volume, pool, CancellationToken.None);
                }
            }
        }
    }

    [Fact]
    public async Task Defect_10_a_replica_that_comes_after_its_requests_time_out_is_waited_for_and_taken_away()
    {
        await using var world = new MayastorWorld();
        var driver = new MigrationDriver(world);
        await driver.RunUntilAsync(MigrationPhase.Copying);
        world.Service.LooksOfAChange = 6;
        while ((await driver.RoundAsync()).Effect != MigrationEffect.CreateTarget) Assert.False(driver.Stored.IsFinal, driver.Stored.ToString());
        Assert.Null((await driver.RoundAsync(command: MigrationCommand.Abort)).Refusal);
        Assert.Equal(MigrationPhase.Aborting, driver.Stored.Phase); // whether there is a replica to take away nobody knows yet
        await driver.RunUntilAsync(MigrationPhase.Failed);
        Assert.Equal(["cold-a", "cold-b"], world.Own.Replicas.Select(replica => replica.Pool));
        Assert.Equal(2, world.Own.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Defect_8_what_Mayastor_heals_by_itself_in_the_meantime_is_left_alone(bool isAborted)
    {
        await using var world = new MayastorWorld();
        var driver = new MigrationDriver(world);
        await driver.RunUntilAsync(() => driver.Stored.Target is not null);
        world.Service.Lose("v", "cold-b");
        await driver.RoundAsync(command: isAborted ? MigrationCommand.Abort : MigrationCommand.None);
        await driver.RunUntilAsync(() => driver.Stored.IsFinal);
        Assert.Equal(isAborted ? ["cold-a", "hot-d"] : ["hot-c", "hot-d"], world.Own.Replicas.Select(replica => replica.Pool));
        Assert.Equal((2, isAborted ? MigrationPhase.Failed : MigrationPhase.Done), (world.Own.Count, driver.Stored.Phase));
    }

    [Fact]
    public async Task A_cordon_is_taken_away_when_the_request_between_fails()
    {
        await using var world = new MayastorWorld();
        world.Service.Instead = request => request.Contains("replica_count", StringComparison.Ordinal) ? (500, "") : null;
        await Assert.ThrowsAsync<BackEndException>(() => PerformAsync(world, MigrationEffect.CreateTarget));
        Assert.Empty(world.Service.Nodes.Values.SelectMany(labels => labels));
    }

    [Fact]
    public async Task An_operation_that_is_done_and_answered_with_an_error_is_done_once()
    {
        await using var world = new MayastorWorld();
        var errors = 0;
        world.Service.Afterwards = request => request.Contains("replica_count", StringComparison.Ordinal) && ++errors % 2 == 1 ? (503, """{"details":"","message":"gone","kind":"Unavailable"}""") : null;
        var driver = new MigrationDriver(world);
        await driver.RunUntilAsync(MigrationPhase.Done);
        Assert.Equal(["cold-b", "hot-c"], world.Own.Replicas.Select(replica => replica.Pool));
        Assert.Equal(1, world.Service.Changes.Count(change => change.EndsWith("replica_count/3", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_cannot_be_done_is_refused_before_anything_is_changed()
    {
        await AssertRefusedAsync("not published", world => world.Own.TargetNode = null);
        await AssertRefusedAsync("puts one on a node at most", world => world.Service.Pools["hot-c"] = new("n2", 50_000_000_000));
        await AssertRefusedAsync("would choose between them", world => world.Service.Pools["hot-e"] = new("n3", 50_000_000_000));
        await AssertRefusedAsync("bytes free", world => world.Service.Pools["hot-c"].UsedBytes = 49_500_000_000);
        await AssertRefusedAsync("lacks the label tier=cold", world => world.Own.Inclusion["tier"] = "cold");
        await AssertRefusedAsync("there is no pool", world => world.Service.Pools.Remove("hot-c"));

        static async Task AssertRefusedAsync(string told, Action<MayastorWorld> spoil)
        {
            await using var world = new MayastorWorld();
            spoil(world);
            var refusal = await Assert.ThrowsAsync<BackEndException>(() => PerformAsync(world, MigrationEffect.CreateTarget));
            Assert.Contains(told, refusal.Message);
            Assert.True(refusal.IsPermanent);
            Assert.Empty(world.Service.Changes);
        }
    }

    [Fact]
    public async Task A_replica_is_not_removed_while_another_is_behind_nor_when_it_is_the_last()
    {
        await using var world = new MayastorWorld();
        world.Own.Replicas[1].RebuiltPercent = 50;
        Assert.Contains("is not in sync", (await Assert.ThrowsAsync<BackEndException>(() => PerformAsync(world, MigrationEffect.RemoveReplica, world.Own.Replicas[0].Id))).Message);
        await PerformAsync(world, MigrationEffect.RemoveReplica, world.Own.Replicas[1].Id); // the one that is behind may go
        Assert.Contains("the last replica", (await Assert.ThrowsAsync<BackEndException>(() => PerformAsync(world, MigrationEffect.RemoveReplica, world.Own.Replicas[0].Id))).Message);
        await PerformAsync(world, MigrationEffect.RemoveReplica, "no-such-replica");
        Assert.Equal(["cold-a"], world.Own.Replicas.Select(replica => replica.Pool));
    }

    [Fact]
    public async Task A_volume_that_is_unpublished_in_the_rebuild_has_no_replica_in_sync()
    {
        await using var world = new MayastorWorld();
        await PerformAsync(world, MigrationEffect.CreateTarget);
        world.Own.TargetNode = null;
        var view = (await world.BackEnd.ReadAsync("v", "hot-c", CancellationToken.None))!;
        Assert.All(view.Replicas, replica => Assert.False(replica.IsInSync || replica.IsVerified));
        Assert.False((await world.BackEnd.ListAsync(CancellationToken.None)).Volumes.Single().IsHealthy);
    }

    [Fact]
    public async Task Progress_is_the_rebuilds()
    {
        await using var world = new MayastorWorld();
        await PerformAsync(world, MigrationEffect.CreateTarget);
        world.Service.Pass();
        var target = (await world.BackEnd.ReadAsync("v", "hot-c", CancellationToken.None))!.Replicas.Single(replica => replica.Pool == "hot-c");
        Assert.Equal((400_000_000L, false), (target.SyncedBytes, target.IsInSync));
        Assert.Equal(BudgetKind.None, world.BackEnd.Budget);
    }

    [Fact]
    public async Task All_pages_of_volumes_are_listed()
    {
        await using var world = new MayastorWorld();
        for (var index = 0; index < 4; index++) world.Service.Add($"w{index}", 1_000, "n1", "cold-a");
        Assert.Equal(["v", "w0", "w1", "w2", "w3"], (await world.BackEnd.ListAsync(CancellationToken.None)).Volumes.Select(volume => volume.Name).Order());
    }

    [Theory]
    [InlineData(500, "", "HTTP 500", false)]
    [InlineData(200, "<html>", "something else", false)]
    [InlineData(200, "{}", "something else", false)]
    [InlineData(200, "[1]", "something else", false)]
    [InlineData(401, """{"details":"","message":"who","kind":"Unauthorized"}""", "who (Unauthorized)", true)]
    [InlineData(507, """{"details":"no pool","message":"full","kind":"ResourceExhausted"}""", "full: no pool (ResourceExhausted)", true)]
    public async Task Answers_that_are_errors_or_something_else_are_told(int status, string body, string told, bool isPermanent)
    {
        await using var world = new MayastorWorld();
        world.Service.Instead = request => request.StartsWith("GET volumes", StringComparison.Ordinal) || request.StartsWith("GET nodes", StringComparison.Ordinal) ? (status, body) : null;
        var failure = await Assert.ThrowsAsync<BackEndException>(() => world.BackEnd.ListAsync(CancellationToken.None));
        Assert.Contains(told, failure.Message);
        Assert.Equal(isPermanent, failure.IsPermanent);
        Assert.Contains(told, (await Assert.ThrowsAsync<BackEndException>(() => world.BackEnd.ReadAsync("v", "hot-c", CancellationToken.None))).Message);
    }

    [Fact]
    public async Task A_service_that_is_not_there_is_told()
    {
        using var http = new HttpClient();
        var backEnd = new MayastorBackEnd(http, new() { Address = new Uri(FormattableString.Invariant($"http://127.0.0.1:{Harness.LoopbackPort.Next()}/v0/")) }, TimeProvider.System);
        Assert.Contains("does not answer", (await Assert.ThrowsAsync<BackEndException>(() => backEnd.ListAsync(CancellationToken.None))).Message);
    }

    /// <summary>Required properties as v0_api_spec.yaml lists them.</summary>
    [Fact]
    public async Task R20_the_service_of_the_tests_answers_in_Mayastors_shapes()
    {
        await using var world = new MayastorWorld();
        using var http = new HttpClient();
        var volume = await GetAsync("volumes/v");
        AssertHas(volume["spec"], "num_paths", "num_replicas", "protocol", "size", "status", "uuid", "policy", "thin", "num_snapshots");
        AssertHas(volume["state"], "size", "uuid", "status", "replica_topology");
        AssertHas(volume["state"]!["target"], "children", "deviceUri", "node", "rebuilds", "protocol", "size", "state", "uuid");
        AssertHas(volume["state"]!["target"]!["children"]![0], "state", "uri");
        AssertHas(volume["state"]!["replica_topology"]![world.Own.Replicas[0].Id], "state");
        AssertHas((await GetAsync("volumes?max_entries=1&starting_token=0")), "entries");
        AssertHas((await GetAsync("pools"))[0]!["spec"], "disks", "id", "node", "status");
        AssertHas((await GetAsync("pools"))[0]!["state"], "capacity", "disks", "id", "node", "status", "used");
        AssertHas((await GetAsync("nodes"))[0], "id");
        AssertHas(await GetAsync("replicas/" + world.Own.Replicas[0].Id), "node", "pool", "share", "size", "state", "thin", "uri", "uuid", "kind");
        AssertHas(await GetAsync("volumes/none"), "details", "kind", "message");

        async Task<JsonNode> GetAsync(string path)
        {
            using var answer = await http.GetAsync(new Uri(world.Service.Address, path));
            return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        }

        static void AssertHas(JsonNode? node, params string[] names) => Assert.All(names, name => Assert.True(node!.AsObject().ContainsKey(name), name));
    }

    private static Task PerformAsync(MayastorWorld world, MigrationEffect effect, string? replica = null) =>
        world.BackEnd.PerformAsync(new("v", effect, "cold-a", "hot-c", replica, new(1, TimeSpan.FromMinutes(1))), CancellationToken.None);
}
