using System.Diagnostics;
using Actors.Grains.Tests.Support;
using Actors.Storage.BackEnds;
using Actors.Storage.Migrations;

namespace Actors.Storage.Tests.BackEnds.Files;

/// <summary>What tests of files do again and again.</summary>
internal static class FilesSteps
{
    // Time passes in small steps until it has come about: each takes a moment on another thread.
    public static async Task PassUntilAsync(VirtualTime time, Task reached)
    {
        await UntilAsync(() =>
        {
            time.Pass(1);
            return reached.IsCompleted;
        });
    }

    public static async Task UntilAsync(Func<bool> isReached)
    {
        var started = Stopwatch.GetTimestamp();
        while (!isReached())
        {
            await Task.Yield();
            Assert.True(Stopwatch.GetElapsedTime(started) < BackEndWorld.Guard, "it did not come about");
        }
    }

    public static async Task<VolumeView> ReadAsync(FilesWorld world) => (await world.BackEnd.ReadAsync(world.Volume, world.TargetPool, CancellationToken.None))!;

    public static Task PerformAsync(FilesWorld world, MigrationEffect effect, string? replica = null, CopyRate? rate = null) => world.BackEnd.PerformAsync(
        new(world.Volume, effect, world.SourcePool, world.TargetPool, replica, rate ?? new(MigrationDriver.Grant, TimeSpan.FromMinutes(1))), CancellationToken.None);
}
