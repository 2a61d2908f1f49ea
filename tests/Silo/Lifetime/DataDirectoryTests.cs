using Actors.Harness;
using Actors.Silo.Lifetime;
using Actors.Silo.Options;

namespace Actors.Silo.Tests.Lifetime;

public sealed class DataDirectoryTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_is_made_marked_and_given_back()
    {
        using (var directory = Open(new() { NodeId = 4 }))
        {
            Assert.Equal(Environment.ProcessId, PidFile.Read(directory.FullPath));
            Assert.True(Directory.Exists(directory.WalPath));
            Assert.Equal(Path.Combine(directory.FullPath, "wal"), directory.WalPath);
            Assert.Contains("\"nodeId\": 4", File.ReadAllText(Path.Combine(directory.FullPath, DataDirectory.IdentityFileName)));
        }

        Assert.False(File.Exists(_folder.Path("data/silo.pid")));
        using var again = Open(new() { NodeId = 4 });
    }

    [Fact]
    public void Each_start_writes_another_secret_that_this_user_alone_may_read()
    {
        var path = _folder.Path("data/agents.secret");
        string first;
        using (var directory = Open(new()))
        {
            first = directory.Secret;
            Assert.Equal(64, first.Length);
            Assert.Equal(first, File.ReadAllText(path).Trim());
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }

        // What a crash in the middle, or somebody else, has left does not lend its mode.
        foreach (var left in (string[])[path, path + ".new"])
        {
            File.WriteAllText(left, "left");
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(left, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        }

        using var again = Open(new());
        Assert.NotEqual(first, again.Secret);
        Assert.Equal(again.Secret, File.ReadAllText(path).Trim());
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public void A_secret_that_cannot_be_written_is_said_and_leaves_the_folder_free()
    {
        Directory.CreateDirectory(_folder.Path("data/agents.secret"));
        var refusal = Assert.Throws<SiloStartException>(() => Open(new()));
        Assert.Contains("cannot be used", refusal.Message);
        Assert.False(File.Exists(_folder.Path("data/silo.pid")));
        Directory.Delete(_folder.Path("data/agents.secret"));
        using var again = Open(new());
    }

    [Fact]
    public void A_folder_belongs_to_one_holder_at_a_time()
    {
        using var first = Open(new());

        var refusal = Assert.Throws<SiloStartException>(() => Open(new()));

        Assert.Contains($"in use by process {Environment.ProcessId}", refusal.Message);
        Assert.Contains("--Silo:DataDirectory", refusal.Message);
    }

    [Fact]
    public void A_log_folder_elsewhere_is_held_as_well()
    {
        var wal = _folder.Path("wal");
        using var first = Open(new() { WalDirectory = wal });

        var refusal = Assert.Throws<SiloStartException>(() => Open(new() { DataDirectory = _folder.Path("other"), WalDirectory = wal }));

        Assert.Contains($"{wal} is in use", refusal.Message);
        Assert.Contains("--Silo:WalDirectory", refusal.Message);
    }

    [Fact]
    public void A_refused_folder_stays_free_for_its_node()
    {
        Open(new() { NodeId = 1 }).Dispose();

        var refusal = Assert.Throws<SiloStartException>(() => Open(new() { NodeId = 2 }));

        Assert.Contains("belongs to node 1, and this silo is node 2", refusal.Message);
        Assert.Contains("--Silo:NodeId=1", refusal.Message);
        using var again = Open(new() { NodeId = 1 });
    }

    [Fact]
    public void A_newer_format_is_left_alone()
    {
        Open(new()).Dispose();
        const string Newer = """{"format":2,"nodeId":1,"version":"9.9.9"}""";
        File.WriteAllText(_folder.Path("data/silo.json"), Newer);

        var refusal = Assert.Throws<SiloStartException>(() => Open(new()));

        Assert.Contains("written by a newer program (version 9.9.9, format 2)", refusal.Message);
        Assert.Equal(Newer, File.ReadAllText(_folder.Path("data/silo.json")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"format\":")]
    public void A_damaged_mark_is_not_written_over(string content)
    {
        Open(new()).Dispose();
        File.WriteAllText(_folder.Path("data/silo.json"), content);

        Assert.Contains("it is damaged", Assert.Throws<SiloStartException>(() => Open(new())).Message);
        Assert.Equal(content, File.ReadAllText(_folder.Path("data/silo.json")));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_a_sentence()
    {
        File.WriteAllText(_folder.Path("data"), "a file");

        var refusal = Assert.Throws<SiloStartException>(() => Open(new()));

        Assert.Contains("cannot be used", refusal.Message);
        Assert.Contains("--Silo:DataDirectory", refusal.Message);
    }

    private DataDirectory Open(SiloOptions options) =>
        DataDirectory.Open(options.DataDirectory == "data" ? options with { DataDirectory = _folder.Path("data") } : options, "1.2.3");
}
