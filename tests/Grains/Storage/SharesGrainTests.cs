using Actors.Grains.Storage;
using Actors.Grains.Tests.Support;
using Actors.Storage.BackEnds;
using Actors.Storage.Migrations;

namespace Actors.Grains.Tests.Storage;

/// <summary>Copies share links, pools and nodes, and a link that is down is left at once.</summary>
public sealed class SharesGrainTests
{
    private const string Links = "ab=a~b@2.5G;ac=a~c@2.5G;bc=b~c@2.5G";

    private static TieringSettings Settings => new()
    {
        Links = LinkSettings.Read(Links, []),
        MaxCopiesPerNode = 9,
        MaxCopiesPerPool = 9,
        MaxCopyBytesPerSecond = long.MaxValue,
    };

    private static OrderedMove Move => new() { SourcePool = "cold-a", SourceNode = "a", TargetPool = "hot-b", TargetNode = "b" };

    [Fact]
    public async Task Three_copies_share_a_link_and_the_fourth_waits_and_says_for_what()
    {
        await using var silo = await TieringSilo.StartAsync(Settings);
        await LendingAsync(silo);
        var runs = new Dictionary<string, CopyGrant>();
        for (var round = 0; round < 5; round++)
        {
            foreach (var volume in (string[])["v1", "v2", "v3", "v4"])
            {
                var last = runs.GetValueOrDefault(volume);
                runs[volume] = await silo.Shares.Ask(new CopyAsk { Volume = volume, Move = Move, Run = last?.Run ?? 0, GoesByGrant = last?.Number ?? 0 });
            }

            Assert.True(runs.Values.Sum(grant => grant.BytesPerSecond) <= 256_000 * 1_024L);
            silo.Time.Pass(1_000);
        }

        Assert.Equal([87_381_333, 87_381_333, 87_381_333, 0], runs.Values.Select(grant => grant.BytesPerSecond));
        Assert.Equal("link ab", runs["v4"].WaitsFor);
        var link = (await silo.Shares.Describe()).Single(one => one.Name == "ab");
        Assert.Equal((256_000 * 1_024L, 262_143_999, true), (link.BudgetBytesPerSecond, link.GrantedBytesPerSecond, link.IsUp));
        Assert.Equal(["v1", "v2", "v3"], link.Volumes.Order());
        Assert.Equal(262_143_999, silo.Meters.Observe("actors_link_granted_bytes_per_second"));
        Assert.Equal(3 * 256_000 * 1_024L, silo.Meters.Observe("actors_link_budget_bytes_per_second"));

        await silo.Shares.Release("v2");
        silo.Time.Pass(1_000);
        Assert.True((await silo.Shares.Ask(new CopyAsk { Volume = "v4", Move = Move, Run = runs["v4"].Run, GoesByGrant = runs["v4"].Number })).BytesPerSecond > 0);
    }

    [Fact]
    public async Task One_that_is_new_lends_nothing_until_what_was_lent_has_ended()
    {
        await using var silo = await TieringSilo.StartAsync(Settings);
        var early = await silo.Shares.Ask(new CopyAsk { Volume = "v", Move = Move });
        Assert.Equal((true, 0), (early.IsSettling, early.BytesPerSecond));
        silo.Time.Pass((long)silo.Settings.ShareTimeToLive.TotalMilliseconds);
        var later = await silo.Shares.Ask(new CopyAsk { Volume = "v", Move = Move });
        Assert.False(later.IsSettling);
        Assert.True(later.BytesPerSecond > 0);
    }

    [Fact]
    public async Task A_copy_leaves_a_link_that_is_down_within_a_step_and_comes_back_after_a_while()
    {
        await using var silo = await TieringSilo.StartAsync(Settings);
        silo.World.AddVolume("v", "cold-a", 500 * VolumeWorld.Gigabyte);
        Assert.Null(await silo.MigrateAsync("v", null, "hot-b"));
        await silo.PassUntilAsync(() => silo.World.Copying == 1, "it copies");

        await silo.Shares.Observe(new LinkSight { Link = "ab", Node = "a", IsUp = false });
        await silo.PassUntilAsync(() => silo.World.Copying == 0, "it stands still", 100);
        await silo.PassUntilAsync(async () => (await silo.Volume("v").Describe())!.Phase == "paused", "it is paused", 100);
        Assert.Equal("its path is down", (await silo.Volume("v").Describe())!.Reason);

        await silo.Shares.Observe(new LinkSight { Link = "ab", Node = "a", IsUp = true });
        var upAt = silo.Time.GetUtcNow();
        await silo.PassUntilAsync(() => silo.World.Copying == 1, "it copies on");
        Assert.InRange((silo.Time.GetUtcNow() - upAt).TotalSeconds, 30, 90);
        Assert.Empty(silo.World.Sins);
    }

    [Fact]
    public async Task A_migration_whose_path_stays_down_is_overdue_and_then_given_up()
    {
        await using var silo = await TieringSilo.StartAsync(Settings with { Migrations = new() { StepTimeout = TimeSpan.FromMinutes(1), SlotTimeout = TimeSpan.FromMinutes(5) } });
        silo.World.AddVolume("v", "cold-a", 500 * VolumeWorld.Gigabyte);
        Assert.Null(await silo.MigrateAsync("v", null, "hot-b"));
        await silo.PassUntilAsync(() => silo.World.Copying == 1, "it copies");
        Assert.Equal(0, silo.Meters.Observe("actors_migration_overdue"));

        await silo.PassUntilAsync(() => DownAsync(async () => await silo.Volume("v").Describe() is { Phase: "paused", IsOverdue: true }), "it is overdue");
        Assert.Equal(1, silo.Meters.Observe("actors_migration_overdue"));
        await silo.PassUntilAsync(() => DownAsync(async () => (await silo.Volume("v").Describe())?.EndedAt is not null), "it is given up");
        Assert.Equal("its path did not come back in time", (await silo.Volume("v").Describe())!.Reason);
        Assert.Equal(["cold-a"], silo.World.PoolsOf("v"));
        Assert.Empty(silo.Meters.Look("actors_migration_overdue"));

        async Task<bool> DownAsync(Func<Task<bool>> condition)
        {
            await silo.Shares.Observe(new LinkSight { Link = "ab", Node = "a", IsUp = false });
            return await condition();
        }
    }

    [Fact]
    public async Task Applications_have_the_first_claim_to_a_link()
    {
        await using var silo = await TieringSilo.StartAsync(Settings);
        await LendingAsync(silo);
        await SeeAsync(silo, 200_000_000);
        silo.Time.Pass(1_000);
        await SeeAsync(silo, 200_000_000);

        // 2.5 Gbit/s less a tenth less what applications use.
        Assert.Equal(281_250_000 - 200_000_000, (await silo.Shares.Describe()).Single(one => one.Name == "ab").BudgetBytesPerSecond);
    }

    [Fact]
    public async Task Copies_at_once_are_bounded_by_pool_and_by_node_and_in_all()
    {
        await using var silo = await TieringSilo.StartAsync(Settings with { MaxCopiesPerPool = 1, MaxCopiesPerNode = 2, MaxCopies = 3 });
        await LendingAsync(silo);
        Assert.Null(await WaitsForAsync("v1", "cold-a", "a", "hot-b", "b"));
        Assert.Equal("reads from pool cold-a", await WaitsForAsync("v2", "cold-a", "a", "hot-c", "c"));
        Assert.Equal("writes to pool hot-b", await WaitsForAsync("v3", "cold-c", "c", "hot-b", "b"));
        Assert.Null(await WaitsForAsync("v4", "cold-b", "b", "hot-a", "a"));
        Assert.Equal("node a", await WaitsForAsync("v5", "other-a", "a", "hot-c", "c"));
        Assert.Null(await WaitsForAsync("v6", "cold-c", "c", "other-c", "c"));
        Assert.Equal(CopyRoute.Cluster, await WaitsForAsync("v7", "x", "x", "y", "y"));

        async Task<string?> WaitsForAsync(string volume, string source, string sourceNode, string target, string targetNode) => (await silo.Shares.Ask(new CopyAsk
        {
            Volume = volume,
            Move = new OrderedMove { SourcePool = source, SourceNode = sourceNode, TargetPool = target, TargetNode = targetNode },
        })).WaitsFor;
    }

    [Fact]
    public void Links_are_read_with_every_mistake()
    {
        var mistakes = new List<string>();
        var links = LinkSettings.Read("ab=a~b@25G@1000; ac=a~c@2.5G", mistakes);
        Assert.Empty(mistakes);
        Assert.Equal([("ab", 1_000), ("ac", 312_500_000)], links.Select(link => (link.Name, link.CapacityBytesPerSecond)));

        var mesh = Assert.Single(LinkSettings.Read("illusion-dome=illusion/10.50.1.0~the-dome/10.50.1.1@25G", mistakes));
        Assert.Equal(("illusion", "10.50.1.0", "the-dome", "10.50.1.1"), (mesh.First, $"{mesh.FirstAddress}", mesh.Second, $"{mesh.SecondAddress}"));
        Assert.Empty(mistakes);

        LinkSettings.Read("ab=a~a@1G;ab;x=a~b@25G@0;y=a~b@25G;y=b~c@25G;z=a/here~b@25G", mistakes);
        Assert.Equal(6, mistakes.Count);

        mistakes.Clear();
        LinkSettings.Read("one=a~b@25G;other=b~a@25G", mistakes);
        Assert.Contains("one and other join the same two nodes, a and b", Assert.Single(mistakes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_copies_do_is_not_taken_for_applications_while_the_lender_is_new_nor_after_a_share_was_given_back()
    {
        await using var silo = await TieringSilo.StartAsync(Settings);
        await SeeAsync(silo, 262_000_000);
        for (var second = 0; second < 5; second++)
        {
            silo.Time.Pass(1_000);
            await SeeAsync(silo, 262_000_000); // copies that go by the grants of a predecessor
        }

        Assert.Equal(256_000 * 1_024L, await BudgetAsync(silo));
        var grant = await AskAsync(silo, "v", null, null);
        silo.Time.Pass(500);
        await silo.Shares.Release("v");
        silo.Time.Pass(500);
        await SeeAsync(silo, grant.BytesPerSecond); // a second in a part of which it copied
        Assert.Equal(256_000 * 1_024L, await BudgetAsync(silo));
    }

    [Fact]
    public async Task A_copy_that_is_slower_than_its_share_hides_no_application()
    {
        await using var silo = await TieringSilo.StartAsync(Settings);
        await LendingAsync(silo);
        CopyGrant? last = null;
        for (var second = 0; second < 4; second++)
        {
            last = await AskAsync(silo, "v", last, 80_000_000);
            await SeeAsync(silo, 80_000_000 + 150_000_000);
            silo.Time.Pass(1_000);
        }

        await SeeAsync(silo, 80_000_000 + 150_000_000);
        Assert.Equal(281_250_000 - 150_000_000, await BudgetAsync(silo));
    }

    [Fact]
    public async Task A_link_stays_down_until_an_end_that_may_know_says_that_it_is_up()
    {
        await using var silo = await TieringSilo.StartAsync(Settings);
        await LendingAsync(silo);
        await silo.Shares.Observe(new LinkSight { Link = "ab", Node = "a", IsUp = false });
        await silo.Shares.Observe(new LinkSight { Link = "ab", Node = "b", IsUp = true });
        Assert.False(await IsUpAsync(silo)); // its other end is on a switch that has power
        silo.Time.Pass(60_000);
        Assert.False(await IsUpAsync(silo)); // the one that said so has stopped, and nobody has seen it up since
        await silo.Shares.Observe(new LinkSight { Link = "ab", Node = "b", IsUp = true });
        Assert.True(await IsUpAsync(silo));
    }

    [Fact]
    public async Task A_link_at_whose_end_nobody_looks_is_lent_to_one_copy_at_the_least_share()
    {
        await using var silo = await TieringSilo.StartAsync(Settings with { Links = LinkSettings.Read("ab=a/10.0.0.1~b/10.0.0.2@2.5G", []) });
        await LendingAsync(silo);
        await SeeAsync(silo, null);
        var link = Assert.Single(await silo.Shares.Describe());
        Assert.Equal((81_920 * 1_024L, "b"), (link.BudgetBytesPerSecond, string.Join(",", link.UnseenNodes)));
        Assert.Equal(81_920 * 1_024L, (await AskAsync(silo, "v1", null, null)).BytesPerSecond);
        Assert.Equal("link ab", (await AskAsync(silo, "v2", null, null)).WaitsFor);

        await silo.Shares.Observe(new LinkSight { Link = "ab", Node = "b", IsUp = true });
        Assert.Equal(256_000 * 1_024L, await BudgetAsync(silo));
    }

    [Fact]
    public async Task Of_what_silos_see_of_a_pool_the_least_counts_and_copies_learn_of_the_busier_pool()
    {
        await using var silo = await TieringSilo.StartAsync(Settings);
        await LendingAsync(silo);
        await silo.Shares.ObservePool(new PoolSight { Pool = "cold-a", Silo = "s1", ApplicationBytesPerSecond = 70 });
        await silo.Shares.ObservePool(new PoolSight { Pool = "cold-a", Silo = "s2", ApplicationBytesPerSecond = 20 }); // whose own copies do the other 50
        await silo.Shares.ObservePool(new PoolSight { Pool = "hot-b", Silo = "s1", Unknown = "no disk of this machine" });
        Assert.Equal(20, (await AskAsync(silo, "v", null, null)).ApplicationBytesPerSecond);
        Assert.Equal([("cold-a", 20, null), ("hot-b", null, "no disk of this machine")], (await silo.Shares.DescribePools()).Select(load => (load.Pool, load.BytesPerSecond, load.Unknown)));

        silo.Time.Pass(16_000);
        Assert.Empty(await silo.Shares.DescribePools());
        Assert.Null((await AskAsync(silo, "v", null, null)).ApplicationBytesPerSecond);
    }

    [Fact]
    public async Task Copies_never_go_faster_than_their_link_together_though_the_lender_dies()
    {
        await using var first = await TieringSilo.StartAsync(Settings with { MaxCopies = 10 });
        for (var volume = 0; volume < 6; volume++)
        {
            first.World.AddVolume($"v{volume}", "cold-a", 20 * VolumeWorld.Gigabyte);
            Assert.Null(await first.MigrateAsync($"v{volume}", null, "hot-b"));
        }

        await first.PassUntilAsync(() => first.World.Copying == 3, "three are copied");
        for (var step = 0; step < 40; step++) await first.PassUntilAsync(() => Task.FromResult(true), "time passes");
        await using var next = await first.SucceedAsync();
        for (var volume = 0; volume < 6; volume++)
        {
            var name = $"v{volume}";
            await next.PassUntilAsync(async () => (await next.Volume(name).Describe())?.EndedAt is not null, $"{name} ends");
            Assert.Equal(["hot-b"], next.World.PoolsOf(name));
        }

        Assert.InRange(next.World.HighestRate, 240_000_000, 256_000 * 1_024L);
        Assert.Empty(next.World.Sins);
    }

    [Fact]
    public async Task A_copy_is_started_with_what_is_left_of_its_share_after_its_phase_was_stored()
    {
        await using var silo = await TieringSilo.StartAsync(Settings);
        silo.World.AddVolume("v", "cold-a");
        var started = new List<CopyRate>();
        silo.World.Fails = effect =>
        {
            if (effect.Effect == MigrationEffect.StartCopy) started.Add(effect.Rate);
            return null;
        };
        var (began, goesOn) = (new TaskCompletionSource(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        silo.Door.BeforeWrite = state =>
        {
            if (state != "volume" || !silo.World.Effects.Contains("v CreateTarget")) return Task.CompletedTask;
            began.TrySetResult();
            return goesOn.Task;
        };
        Assert.Null(await silo.MigrateAsync("v", null, "hot-b"));
        await silo.PassUntilAsync(() => began.Task.IsCompleted, "the new replica's name is stored");
        silo.Time.Pass(3_000); // a share holds for 5 s
        goesOn.SetResult();
        await silo.PassUntilAsync(() => started.Count > 0, "the copy is started");
        Assert.InRange(started[0].TimeToLive.TotalMilliseconds, 1, 2_000);
    }

    [Fact]
    public async Task Three_migrations_on_one_link_come_as_far_as_each_other_and_use_all_of_it()
    {
        await using var silo = await TieringSilo.StartAsync(Settings);
        string[] volumes = ["v1", "v2", "v3"];
        foreach (var volume in volumes)
        {
            silo.World.AddVolume(volume, "cold-a", 100 * VolumeWorld.Gigabyte);
            Assert.Null(await silo.MigrateAsync(volume, null, "hot-b"));
        }

        await silo.PassUntilAsync(() => silo.World.Copying == 3, "three are copied");
        for (var step = 0; step < 20; step++) await silo.PassUntilAsync(() => Task.FromResult(true), "their shares settle");
        await PassAsync(10_000);
        var (before, since) = (Copied(), silo.Time.GetTimestamp());
        await PassAsync(10_000);
        var rates = Copied().Select((bytes, index) => (bytes - before[index]) * 1_000.0 / (silo.Time.GetTimestamp() - since)).ToList();
        Assert.All(rates, rate => Assert.InRange(rate, rates.Average() * 0.99, rates.Average() * 1.01));
        Assert.InRange(rates.Sum(), 256_000 * 1_024L * 0.95, 256_000 * 1_024L);

        long[] Copied() => [.. volumes.Select(volume => silo.World.Read(volume, this)!.Replicas.Single(static replica => replica.Pool == "hot-b").SyncedBytes)];

        Task PassAsync(long ms)
        {
            var end = silo.Time.GetTimestamp() + ms;
            return silo.PassUntilAsync(() => silo.Time.GetTimestamp() >= end, "time passes", 100);
        }
    }

    private static Task SeeAsync(TieringSilo silo, long? bytesPerSecond) => silo.Shares.Observe(new LinkSight { Link = "ab", Node = "a", IsUp = true, BytesPerSecond = bytesPerSecond });

    private static async Task<long> BudgetAsync(TieringSilo silo) => (await silo.Shares.Describe()).Single(one => one.Name == "ab").BudgetBytesPerSecond;

    private static async Task<bool> IsUpAsync(TieringSilo silo) => (await silo.Shares.Describe()).Single(one => one.Name == "ab").IsUp;

    private static Task<CopyGrant> AskAsync(TieringSilo silo, string volume, CopyGrant? last, long? copiedBytes) =>
        silo.Shares.Ask(new CopyAsk { Volume = volume, Move = Move, Run = last?.Run ?? 0, GoesByGrant = last?.Number ?? 0, CopiedBytes = copiedBytes, CopiedMs = 1_000 });

    private static async Task LendingAsync(TieringSilo silo)
    {
        await TestGuard.SoonAsync(silo.Shares.Describe(), "the lender is there");
        silo.Time.Pass((long)silo.Settings.ShareTimeToLive.TotalMilliseconds);
    }
}
