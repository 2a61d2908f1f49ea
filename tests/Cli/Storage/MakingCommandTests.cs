using Actors.Cli.Storage;

namespace Actors.Cli.Tests;

/// <summary>Commands that make pools and volumes, and the mesh, against answers as silos give them.</summary>
public sealed class MakingCommandTests : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("actors-cli-");

    public MakingCommandTests() => File.WriteAllText(Path.Combine(_data.FullName, "agents.secret"), "0123456789abcdef\n");

    public void Dispose() => _data.Delete(recursive: true);

    [Fact]
    public async Task A_pool_and_a_volume_are_made_with_the_silos_secret()
    {
        await using var pool = new FakeHttp(204, "");
        Assert.Equal("hot: created", (await ChangeAsync("pools", "create", "hot", "--folder", "hot", "--label", "tier=hot", "--http", pool.Address)).Expect(0).Lines[0]);
        Assert.Equal(("POST /api/v1/storage/pools HTTP/1.1", "Authorization: Bearer 0123456789abcdef"), (pool.LastRequest, pool.LastAuthorization));
        await using var volume = new FakeHttp(200, """{"name":"v","address":"/volumes/v/data"}""");
        Assert.Equal("v: /volumes/v/data", (await ChangeAsync("volumes", "create", "v", "--pool", "hot", "--size", "1GiB", "--http", volume.Address)).Expect(0).Lines[0]);
        Assert.Equal("POST /api/v1/storage/volumes HTTP/1.1", volume.LastRequest);
        Assert.Equal("v: /volumes/v/data", (await ChangeAsync("volumes", "attach", "v", "--http", volume.Address)).Expect(0).Lines[0]);
        Assert.Equal("v: detached", (await ChangeAsync("volumes", "detach", "v", "--http", pool.Address)).Expect(0).Lines[0]);
        Assert.Equal("POST /api/v1/storage/volumes/v/detach HTTP/1.1", pool.LastRequest);
    }

    [Fact]
    public async Task A_mesh_is_looked_at_by_anybody_and_applied_with_the_secret()
    {
        await using var shown = new FakeHttp(200, """
            {"isApplied":false,"changes":[{"part":"interface","subject":"illusion","setting":"storage-the-dome","configured":null,"wanted":"10.50.1.0"}],"right":26,"notes":["links have several profiles"]}
            """);
        var run = (await CommandLine.RunAsync("links", "mesh", "--http", shown.Address)).Expect(0);
        Assert.Equal(("GET /api/v1/storage/links/mesh HTTP/1.1", null), (shown.LastRequest, shown.LastAuthorization));
        Assert.Contains(run.Lines, static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["interface", "illusion", "storage-the-dome", "-", "10.50.1.0"]);
        Assert.Contains(run.Lines, static line => line.StartsWith("26 settings are as the links want them, 1 are not", StringComparison.Ordinal));
        Assert.Contains(run.Lines, static line => line.StartsWith("Note: links have several profiles.", StringComparison.Ordinal));
        await using var applied = new FakeHttp(200, """{"isApplied":true,"changes":[],"right":27,"notes":[]}""");
        Assert.Equal("27 settings are as the links want them; there is nothing to change.", (await ChangeAsync("links", "mesh", "--apply", "--http", applied.Address)).Expect(0).Lines[0]);
        Assert.Equal(("POST /api/v1/storage/links/mesh HTTP/1.1", "Authorization: Bearer 0123456789abcdef"), (applied.LastRequest, applied.LastAuthorization));
    }

    [Theory]
    [InlineData("pools create hot", "'--folder' is required")]
    [InlineData("pools create hot --folder f --label tier", "'tier' is no label; write name=value")]
    [InlineData("pools create hot --folder f --label tier=hot --label tier=cold", "The label tier is there twice.")]
    [InlineData("pools create hot --folder f --capacity many", "'many' is no --capacity; write a number of bytes")]
    [InlineData("volumes create v --pool hot", "'--size' is required")]
    [InlineData("volumes create v --pool hot --size 64MB", "'64MB' is no --size; write a number of bytes, or one with KiB")]
    public async Task A_mistake_is_told_in_a_sentence(string arguments, string expected) =>
        Assert.Contains(expected, (await CommandLine.RunAsync(arguments.Split(' '))).Expect(2).Error, StringComparison.Ordinal);

    [Theory]
    [InlineData("1", 1L)]
    [InlineData("64MiB", 64L << 20)]
    [InlineData("64 mib", 64L << 20)]
    [InlineData("1.5GiB", 3L << 29)]
    [InlineData("2TiB", 2L << 40)]
    [InlineData("512B", 512L)]
    [InlineData("0", null)]
    [InlineData("-1", null)]
    [InlineData("0.3B", null)]
    [InlineData("64MB", null)]
    [InlineData("MiB", null)]
    [InlineData("9000PiB", null)]
    [InlineData("99999999999999999999999999999999", null)]
    public void Sizes_are_read(string text, long? expected) => Assert.Equal(expected, Sizes.TryParse(text, out var bytes) ? bytes : null);

    private Task<CliRun> ChangeAsync(params string[] arguments) => CommandLine.RunAsync([.. arguments, "--data-directory", _data.FullName]);
}
