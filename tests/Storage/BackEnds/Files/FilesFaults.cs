using Actors.Storage.Migrations;
using FsCheck;
using FsCheck.Fluent;
using static Actors.Storage.Tests.BackEnds.Files.FaultyVolumeFiles;

namespace Actors.Storage.Tests.BackEnds.Files;

/// <summary>Errors, kills and losses of power at every operation on files (a part of them in a short run); then everything heals. Every volume is whole afterwards, in one place.</summary>
public sealed class FilesFaults
{
    private static bool IsLong => Environment.GetEnvironmentVariable("ACTORS_TEST_LONG") == "1";

    [Fact]
    public async Task The_process_is_killed_at_any_operation() => Assert.InRange(await AtEveryOperationAsync(Fault.Kill, IsLong ? 1 : 3), 100, 2_000);

    [Fact]
    public async Task The_power_is_cut_at_any_operation() => Assert.InRange(await AtEveryOperationAsync(Fault.PowerCut, IsLong ? 1 : 2), 100, 2_000);

    [Theory]
    [InlineData(5)]
    [InlineData(28)]
    [InlineData(30)]
    public async Task The_system_refuses_any_operation(int error) => Assert.InRange(await AtEveryOperationAsync(Fault.Error, IsLong ? 1 : 5, error), 30, 2_000);

    [Fact]
    public void Faults_one_after_the_other_and_aborts_leave_every_volume_whole()
    {
        int done = 0, failed = 0;
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(IsLong ? 2_000 : 60).WithEndSize(8),
            Prop.ForAll(Arb.From(Gen.ArrayOf(Gen.Choose(0, 1 << 24))), async faults =>
            {
                await using var world = await FilesWorld.StartAsync();
                var before = FilesWorld.ChecksumOf(world.Link);
                var driver = new MigrationDriver(world) { IsDead = () => world.Files.IsDead };
                foreach (var fault in faults)
                {
                    (world.Files.Kind, world.Files.At, world.Files.Error) = ((Fault)(fault % 4), world.Files.Operations + 1 + (fault >> 4) % 120, (fault & 8) == 0 ? 5 : 28);
                    for (var round = 0; round < 4; round++) await driver.RoundAsync(command: (fault >> 12) % 9 == 0 && round == 2 ? MigrationCommand.Abort : MigrationCommand.None);
                }

                await EndAsync(world, driver, before);
                if (driver.Stored.Phase == MigrationPhase.Done) done++;
                else failed++;
            }));
        Assert.True(done > 5 && failed > 5, $"{done} ended on the new pool and {failed} on the old one: the faults do not reach far");
    }

    private static async Task<int> AtEveryOperationAsync(Fault kind, int stride, int error = 5)
    {
        for (var at = 1; ; at += stride)
        {
            await using var world = await FilesWorld.StartAsync();
            var before = FilesWorld.ChecksumOf(world.Link);
            var driver = new MigrationDriver(world) { IsDead = () => world.Files.IsDead };
            var made = world.Files.Operations;
            var files = world.Files;
            (files.Kind, files.At, files.Error) = (kind, made + at, error);
            await driver.RunUntilAsync(() => driver.Stored.IsFinal || files.Operations >= files.At);
            var isOver = driver.Stored.IsFinal && files.Operations < files.At;
            await EndAsync(world, driver, before);
            if (kind != Fault.Error) Assert.True(driver.Stored.Phase == MigrationPhase.Done, $"operation {at}: {driver.Stored}");
            if (isOver) return at;
        }
    }

    private static async Task EndAsync(FilesWorld world, MigrationDriver driver, string before)
    {
        var faults = $"{world.Files.Kind} at {world.Files.At} of {world.Files.Operations}";
        world.Files.Kind = world.Files.IsDead ? world.Files.Kind : Fault.None;
        if (world.Files.IsDead) await world.CrashAsync();
        await driver.RunUntilAsync(() => driver.Stored.IsFinal);
        Assert.True(before == FilesWorld.ChecksumOf(world.Link), $"{faults}: the volume is another");
        Assert.True(world.Replicas().Count == 1, $"{faults}: {string.Join(", ", world.Replicas())}, {driver.Stored}");
        Assert.StartsWith(driver.Stored.Phase == MigrationPhase.Done ? "hot-c/" : "cold-a/", world.Replicas()[0], StringComparison.Ordinal);
        var view = (await world.BackEnd.ReadAsync(world.Volume, world.TargetPool, CancellationToken.None))!;
        Assert.True(view.Replicas is [{ IsInSync: true }], faults);

        var replicas = world.Replicas();
        world.Files.CutPower(); // what ended stays so, whoever did it
        await world.CrashAsync();
        Assert.Equal(replicas, world.Replicas());
        Assert.True(before == FilesWorld.ChecksumOf(world.Link), $"{faults}, and the power was cut after the end: the volume is another");
    }
}
