using Actors.Storage.Migrations;

namespace Actors.Storage.Tests.BackEnds.Files;

/// <summary>Many at once.</summary>
public sealed class FilesFleet
{
    [Fact]
    public async Task Ten_volumes_move_at_once_and_are_what_they_were()
    {
        await using var world = await FilesWorld.StartAsync();
        var fleet = Enumerable.Range(0, 10).Select(index => (Name: $"db-{index}", Size: 3_000_000 + index * 99_991, Source: index % 2 == 0 ? "cold-a" : "cold-b")).ToList();
        foreach (var volume in fleet) await world.AddAsync(volume.Name, volume.Size, volume.Source);
        var before = fleet.Select(volume => FilesWorld.ChecksumOf(world.LinkOf(volume.Name))).ToList();

        await Task.WhenAll(fleet.Select(volume => new MigrationDriver(world.With(volume.Name, volume.Source)).RunUntilAsync(MigrationPhase.Done)));

        Assert.Equal(before, fleet.Select(volume => FilesWorld.ChecksumOf(world.LinkOf(volume.Name))));
        Assert.Equal(["cold-a/v.r1.img", .. fleet.Select(volume => $"hot-c/{volume.Name}.r2.img")], world.Replicas());
        var pool = (await world.BackEnd.ListAsync(CancellationToken.None)).Pools.Single(pool => pool.Name == "hot-c");
        Assert.Equal(pool.CapacityBytes - fleet.Sum(volume => volume.Size), pool.FreeBytes);
    }
}
