using System.Text.Json.Nodes;
using Actors.Storage.BackEnds;
using Actors.Storage.Migrations;
using static Actors.Storage.Tests.BackEnds.Files.FilesSteps;

namespace Actors.Storage.Tests.BackEnds.Files;

/// <summary>Descriptors with mistakes, and pools that are away or dead.</summary>
public sealed class FilesDamageTests
{
    [Fact]
    public async Task A_torn_descriptor_is_named_and_hides_no_other_volume()
    {
        await using var world = await FilesWorld.StartAsync();
        await world.AddAsync("w", 1_000, "cold-b");
        var text = await File.ReadAllTextAsync(world.Descriptor);
        await File.WriteAllTextAsync(world.Descriptor, text[..(text.Length / 2)]);

        var refusal = await Assert.ThrowsAsync<BackEndException>(() => ReadAsync(world));
        Assert.Contains("volume.json is damaged", refusal.Message);
        Assert.Contains("bring it back from a copy", refusal.Message);
        var volumes = (await world.BackEnd.ListAsync(CancellationToken.None)).Volumes;
        Assert.Equal([("v", false), ("w", true)], volumes.Select(volume => (volume.Name, volume.IsHealthy)));
    }

    [Theory]
    [InlineData("""{ "id": "r1", "pool": "cold-a" }, { "id": "r1", "pool": "cold-b" }""", "r1 is there 2 times")]
    [InlineData("""{ "id": "r1", "pool": "cold-a" }, null""", "a replica is null")]
    [InlineData("""{ "id": "../r1", "pool": "cold-a" }""", "\"../r1\" is no replica's id")]
    public async Task A_descriptor_with_a_mistake_is_named_and_hides_no_other_volume(string replicas, string told)
    {
        await using var world = await FilesWorld.StartAsync();
        await world.AddAsync("w", 1_000, "cold-b");
        await File.WriteAllTextAsync(world.Descriptor, $$"""{ "name": "v", "storageClass": "fast", "labels": { }, "lastReplica": 2, "replicas": [{{replicas}}] }""");

        var refusal = await Assert.ThrowsAsync<BackEndException>(() => ReadAsync(world));
        Assert.Contains("volume.json is damaged", refusal.Message);
        Assert.Contains(told, refusal.Message);
        await RequireShownAsync(world);
    }

    [Fact]
    public async Task A_descriptor_without_labels_is_named_and_hides_no_other_volume()
    {
        await using var world = await FilesWorld.StartAsync();
        await world.AddAsync("w", 1_000, "cold-b");
        await File.WriteAllTextAsync(world.Descriptor, """{ "name": "v", "storageClass": "fast", "lastReplica": 1, "replicas": [{ "id": "r1", "pool": "cold-a" }] }""");
        Assert.Contains("labels are missing", (await Assert.ThrowsAsync<BackEndException>(() => ReadAsync(world))).Message);
        await RequireShownAsync(world);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_looked_into_hides_no_other_volume()
    {
        await using var world = await FilesWorld.StartAsync();
        await world.AddAsync("w", 1_000, "cold-b");
        world.Files.Before = (operation, path) =>
        {
            if (operation == "stamp" && path == world.Descriptor) throw new IOException("Permission denied", 13);
        };
        await RequireShownAsync(world);
    }

    [Fact]
    public async Task A_pool_that_vanished_is_unusable_until_it_is_back()
    {
        await using var world = await FilesWorld.StartAsync();
        var driver = new MigrationDriver(world);
        await driver.RunUntilAsync(MigrationPhase.Soaking);
        var pool = world.PoolFolder("hot-c");
        Directory.Move(pool, pool + ".away");
        Directory.CreateDirectory(pool); // the mount point of a disk that is gone

        var shown = (await world.BackEnd.ListAsync(CancellationToken.None)).Pools.Single(pool => pool.Name == "hot-c");
        Assert.Equal((false, "n3", 0L), (shown.IsUsable, shown.Node, shown.FreeBytes));
        for (var round = 0; round < 8; round++) await driver.RoundAsync();
        Assert.Equal(["cold-a/v.r1.img"], world.Replicas()); // the old one is not removed while the new one is away

        Directory.Delete(pool);
        Directory.Move(pool + ".away", pool);
        await driver.RunUntilAsync(() => driver.Stored.IsFinal);
        Assert.Single(world.Replicas());
        Assert.Equal(200_000, new FileInfo(world.Link).ResolveLinkTarget(true) is FileInfo file ? file.Length : 0);
    }

    [Theory]
    [InlineData(MigrationPhase.Copying)]
    [InlineData(MigrationPhase.RemovingSource)]
    public async Task A_replica_in_a_pool_that_is_gone_for_good_can_be_forgotten(MigrationPhase phase)
    {
        await using var world = await FilesWorld.StartAsync();
        var before = FilesWorld.ChecksumOf(world.Link);
        var driver = new MigrationDriver(world);
        await driver.RunUntilAsync(() => driver.Stored.Phase == phase && world.Replicas().Count == 2);
        var pool = world.PoolFolder(phase == MigrationPhase.Copying ? "hot-c" : "cold-a");
        Directory.Move(pool, pool + ".dead");
        if (phase == MigrationPhase.Copying) await driver.RoundAsync(command: MigrationCommand.Abort);
        for (var round = 0; round < 90; round++) await driver.RoundAsync();
        Assert.False(driver.Stored.IsFinal);

        Assert.Null((await driver.RoundAsync(command: MigrationCommand.Forget)).Refusal);
        await driver.RunUntilAsync(() => driver.Stored.IsFinal);
        Assert.Equal(phase == MigrationPhase.Copying ? MigrationPhase.Failed : MigrationPhase.Done, driver.Stored.Phase);
        Assert.Contains("was given up, and is left there if its pool is away", driver.Stored.Reason);
        Assert.True((await ReadAsync(world)).Replicas is [{ IsInSync: true }]);
        Assert.Equal(before, FilesWorld.ChecksumOf(world.Link));
        if (phase != MigrationPhase.Copying) return;

        Directory.Move(pool + ".dead", pool); // it was not for good: its file belongs to no volume, and is in nobody's way
        await new MigrationDriver(world).RunUntilAsync(MigrationPhase.Done);
        Assert.Equal(["hot-c/v.r2.img", "hot-c/v.r3.img"], world.Replicas());
        Assert.Equal(before, FilesWorld.ChecksumOf(world.Link));
    }

    [Fact]
    public async Task A_replica_on_a_disk_that_answers_with_errors_can_be_forgotten_and_one_that_is_open_cannot()
    {
        await using var world = await FilesWorld.StartAsync();
        await PerformAsync(world, MigrationEffect.CreateTarget);
        await using (var holder = new FileHolder(Path.Combine(world.PoolFolder("hot-c"), "v.r2.img")))
        {
            await holder.OpenedAsync();
            await Assert.ThrowsAsync<BackEndException>(() => PerformAsync(world, MigrationEffect.ForgetReplica, "r2"));
        }

        await Assert.ThrowsAsync<BackEndException>(() => PerformAsync(world, MigrationEffect.ForgetReplica, "r1"));
        world.Files.Before = (operation, path) =>
        {
            if (operation == "delete" && path.Contains("hot-c", StringComparison.Ordinal)) throw new IOException("Input/output error", 5);
        };
        await Assert.ThrowsAsync<BackEndException>(() => PerformAsync(world, MigrationEffect.RemoveReplica, "r2"));
        Assert.Equal(2, (await ReadAsync(world)).Replicas.Count);
        await PerformAsync(world, MigrationEffect.ForgetReplica, "r2");
        Assert.Equal("r1", Assert.Single((await ReadAsync(world)).Replicas).Id);
    }

    [Theory]
    [InlineData("{ \"name\": \"hot-c\" }", "hot-c", "node")]
    [InlineData("{ \"name\": \"hot-c\", \"node\": \"n\", \"capacity\": 1 }", "hot-c", "capacity")]
    [InlineData("{ \"name\": \"\", \"node\": \"n\" }", "hot-c", "lacks a name")]
    [InlineData("{ \"name\": \"cold-a\", \"node\": \"n\" }", "hot-c", "there is no pool")]
    public async Task A_pools_descriptor_with_a_mistake_makes_no_pool(string text, string target, string told)
    {
        await using var world = await FilesWorld.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(world.PoolFolder("hot-c"), "pool.json"), text);
        var refusal = await Assert.ThrowsAsync<BackEndException>(() => world.BackEnd.PerformAsync(
            new("v", MigrationEffect.CreateTarget, "cold-a", target, null, default), CancellationToken.None));
        Assert.Contains(told, refusal.Message);
    }

    [Theory]
    [InlineData("../v")]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("-x")]
    public async Task A_name_that_leads_elsewhere_is_no_volumes_name(string name)
    {
        await using var world = await FilesWorld.StartAsync();
        await Assert.ThrowsAsync<BackEndException>(() => world.BackEnd.ReadAsync(name, "hot-c", CancellationToken.None));
        await Assert.ThrowsAsync<BackEndException>(() => world.Own.CreateVolumeAsync(name, "", new Dictionary<string, string>(), "hot-c", 1, CancellationToken.None));
    }

    [Fact]
    public async Task The_descriptor_is_as_it_is_documented()
    {
        await using var world = await FilesWorld.StartAsync();
        await PerformAsync(world, MigrationEffect.CreateTarget);
        var text = JsonNode.Parse(await File.ReadAllTextAsync(world.Descriptor))!;
        Assert.Equal(
            """{"name":"v","storageClass":"fast","labels":{"app":"db"},"lastReplica":2,"replicas":[{"id":"r1","pool":"cold-a"},{"id":"r2","pool":"hot-c","copy":{"source":"r1","syncedBytes":0,"restarts":0}}]}""",
            text.ToJsonString());
    }

    private static async Task RequireShownAsync(FilesWorld world) => Assert.Equal(
        [("v", false), ("w", true)], (await world.BackEnd.ListAsync(CancellationToken.None)).Volumes.Select(volume => (volume.Name, volume.IsHealthy)));
}
