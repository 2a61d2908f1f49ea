using Actors.Harness;
using Actors.Silo.Pools;
using Actors.Silo.Tests.Support;
using Actors.Storage.BackEnds.Files;
using Actors.Storage.Load;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Silo.Tests.Pools;

/// <summary>A silo tells what applications do on its machine's disks, and copies learn of it.</summary>
[Collection(nameof(SiloRig))]
public sealed class PoolWatchTests
{
    [Fact]
    public void A_pool_tells_what_others_do_on_its_disk()
    {
        var (disks, time) = (new OneDisk(), new SteppedTime());
        var activity = new DiskActivity(disks);
        var end = new PoolEnd("hot", "/pool", "one", activity, time);
        Assert.Null(end.Look());
        (disks.Sectors, time.Seconds) = (3_000, 2);
        activity.Begin("disk", 512_000);
        activity.End("disk", 512_000);
        Assert.Equal(2_000 * 512 / 2, end.Look()!.ApplicationBytesPerSecond);

        disks.Disk = null;
        var away = end.Look()!;
        Assert.Equal((null, "/pool lies on no disk of one that can be measured"), (away.ApplicationBytesPerSecond, away.Unknown));
        disks.Disk = "disk";
        Assert.Null(end.Look()); // another disk may be mounted there
    }

    [Fact]
    public async Task The_load_of_files_pools_is_shown()
    {
        using var folder = new TemporaryDirectory();
        FilesBackEnd.CreatePool(folder.Path("hot"), new() { Name = "hot", Node = "n" });
        var disks = new OneDisk();
        await using var rig = new SiloRig(
            services => services.AddSingleton<IDisks>(disks),
            "--Storage:BackEnd=files", $"--Storage:FilesVolumesFolder={folder.Path("volumes")}", $"--Storage:FilesPoolFolders={folder.Path("hot")}", "--Storage:StepIntervalMs=20", "--Storage:ShareTimeToLiveMs=200");
        await rig.StartAsync();
        await rig.GetUntilAsync("/api/v1/storage/pools", "\"applicationBytesPerSecond\":0");
        disks.Disk = null;
        await rig.GetUntilAsync("/api/v1/storage/pools", "that can be measured");
    }

    private sealed class OneDisk : IDisks
    {
        private volatile string? _disk = "disk";

        public string? Disk
        {
            get => _disk;
            set => _disk = value;
        }

        public long Sectors { get; set; }

        public string? DiskOf(string folder) => Disk;

        public DiskReading? Read(string disk) => new DiskReading(Sectors, 0);
    }

    private sealed class SteppedTime : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
