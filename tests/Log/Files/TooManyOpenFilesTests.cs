using Actors.Log.Tests.Faults;
using Actors.Log.Tests.Support;

namespace Actors.Log.Tests.Files;

/// <summary>The limit of open files is reached, by connections perhaps: nothing ends by that, and it is said what is wrong.</summary>
public sealed class TooManyOpenFilesTests
{
    private static readonly Fault NoFile = new(FileOperationKind.Open, ".log");

    [Fact]
    public void A_read_that_may_open_no_file_says_so_and_works_again_later()
    {
        using var rig = new StoreRig();
        PartitionLog log = rig.Create();
        rig.Append(log, times: 20);
        byte[] expected = TestLog.ReadAll(log);
        rig.RestartCleanly();
        log = rig.OpenLog(log.Description.Id);
        NoFile.Begin(rig.Files, path => new TooManyOpenFilesException(path));

        Assert.Contains("ulimit -n", Assert.Throws<TooManyOpenFilesException>(() => TestLog.ReadAll(log)).Message);
        Assert.Throws<TooManyOpenFilesException>(() => log.FindTimestamp(0));
        Assert.Equal((null, AppendRefusal.None), (rig.Store.Failure, rig.Store.Refusal));
        rig.Append(log);

        rig.Files.Before = null;
        Assert.Equal(expected, TestLog.ReadAll(log)[..expected.Length]);
    }

    [Fact]
    public void Files_that_are_idle_here_make_room_for_the_one_that_is_needed()
    {
        var files = new SimulatedFileSystem();
        files.CreateDirectory("/data");
        using var open = new OpenFiles(files, maxOpen: 8);
        using FileLease used = open.Use(new FileSlot("/data/used.log"), FileOpening.CreateIfMissing);
        for (int i = 0; i < 4; i++)
            open.Use(new FileSlot($"/data/idle-{i}.log"), FileOpening.CreateIfMissing).Dispose();
        Assert.Equal(5, open.Count);

        int attempts = 0;
        files.Before = operation =>
        {
            if (operation.Kind == FileOperationKind.Open && ++attempts == 1)
                throw new TooManyOpenFilesException(operation.Path);
        };
        open.Use(new FileSlot("/data/wanted.log"), FileOpening.CreateIfMissing).Dispose();
        Assert.Equal((2, 2), (attempts, open.Count));
        used.File.WriteAll("still open"u8, 0);

        NoFile.Begin(files, path => new TooManyOpenFilesException(path));
        Assert.Throws<TooManyOpenFilesException>(() => open.Use(new FileSlot("/data/another.log"), FileOpening.CreateIfMissing));
        Assert.Equal(1, open.Count);
    }

    [Theory]
    [InlineData(23, typeof(TooManyOpenFilesException))]
    [InlineData(24, typeof(TooManyOpenFilesException))]
    [InlineData(28, typeof(NoSpaceException))]
    [InlineData(122, typeof(NoSpaceException))]
    [InlineData(5, null)]
    public void The_systems_numbers_are_told_apart(int error, Type? expected) =>
        Assert.Equal(expected, Shortage.From(error, "/data/file")?.GetType());
}
