using Actors.Harness;
using Actors.Storage.BackEnds.Files;
using Actors.Storage.Load;

namespace Actors.Storage.Tests.Load;

/// <summary>What others do on a disk is what it does, less what copies do.</summary>
public sealed class DiskActivityTests
{
    [Fact]
    public void What_copies_do_is_no_use_by_applications()
    {
        var disks = new FakeDisks();
        disks.Work("d", 1_000);
        var activity = new DiskActivity(disks);
        disks.Work("d", 70);
        activity.Begin("d", 50 * 512);
        activity.Begin(null, 1 << 30);
        Assert.Equal((1_020, 1_070), activity.ApplicationSectors("d"));
        activity.End("d", 50 * 512);
        Assert.Equal((1_020, 1_020), activity.ApplicationSectors("d"));
        Assert.Null(activity.ApplicationSectors("gone"));
    }

    [Fact]
    public void A_disk_of_this_machine_counts_what_is_written_to_it()
    {
        using var folder = new TemporaryDirectory();
        var disks = new LinuxDisks();
        Assert.Null(disks.DiskOf("/proc"));
        Assert.Null(disks.DiskOf(folder.Path("nowhere")));
        Assert.Null(disks.Read("/sys/nowhere"));
        if (disks.DiskOf(folder.FullName) is not { } disk) return; // a file system on no disk, as some build machines have
        var before = disks.Read(disk)!.Value;
        var page = PageBuffer.Create(1 << 20);
        page.Span.Fill(7);
        using (var file = LinuxVolumeFiles.Instance.OpenToFill(folder.Path("file")))
        {
            file.Write(page.Span, 0);
            file.Sync();
        }

        Assert.InRange(disks.Read(disk)!.Value.WrittenSectors - before.WrittenSectors, 2_048, long.MaxValue);
    }
}
