namespace Actors.Cli.Tests;

/// <summary><c>nodes</c> against answers as silos give them.</summary>
public sealed class NodesCommandTests : IDisposable
{
    private const string Found = "0a1b2c3d-0000-4000-8000-000000000002";

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("actors-cli-");

    public NodesCommandTests() => File.WriteAllText(Path.Combine(_data.FullName, "agents.secret"), "0123456789abcdef\n");

    public void Dispose() => _data.Delete(recursive: true);

    [Fact]
    public async Task Nodes_are_listed_with_their_storage()
    {
        await using var http = new FakeHttp(
            200, $$"""{"nodes":[{"nodeId":1,"isLive":true,"starts":12,"storageId":"{{Found}}"},{"nodeId":2,"isLive":false,"starts":1,"storageId":"{{Found}}"}]}""");
        var run = (await CommandLine.RunAsync("nodes", "list", "--http", http.Address)).Expect(0);
        Assert.Equal(("GET /api/v1/nodes HTTP/1.1", null), (http.LastRequest, http.LastAuthorization));
        Assert.Contains(run.Lines, static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["1", "runs", "12", Found]);
        Assert.Contains(run.Lines, static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["2", "away", "1", Found]);
        Assert.Equal(2, (await CommandLine.RunAsync("nodes", "list", "--http", http.Address, "-o", "json")).Expect(0).Json.GetProperty("nodes").GetArrayLength());
    }

    [Fact]
    public async Task A_storage_is_accepted_with_the_silos_secret_and_what_is_lost_is_told()
    {
        await using var http = new FakeHttp(
            200,
            $$"""{"nodeId":2,"former":"0a1b2c3d-0000-4000-8000-000000000001","accepted":"{{Found}}","emptied":[{"topic":"orders","partitions":[0,3]}]}""");
        var run = (await AcceptAsync(http, "2", Found)).Expect(0);
        Assert.Equal(($"PUT /api/v1/nodes/2/storage/{Found} HTTP/1.1", "Authorization: Bearer 0123456789abcdef"), (http.LastRequest, http.LastAuthorization));
        Assert.Contains($"Node 2 may start with the storage {Found}", run.Output, StringComparison.Ordinal);
        Assert.Contains(run.Lines, static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["orders", "0,", "3"]);
    }

    [Theory]
    [InlineData("two", Found)]
    [InlineData("2", "storage")]
    [InlineData("2", "00000000-0000-0000-0000-000000000000")]
    public async Task What_is_no_node_or_no_storage_is_not_sent(string node, string storage)
    {
        await using var http = new FakeHttp(200, "{}");
        (await AcceptAsync(http, node, storage)).Expect(2);
        Assert.Null(http.LastRequest);
    }

    [Fact]
    public async Task A_silo_that_refuses_says_why()
    {
        await using var http = new FakeHttp(409, """{"status":"in use","reasons":["Node 2 runs."]}""");
        Assert.Contains("says no (409): Node 2 runs.", (await AcceptAsync(http, "2", Found)).Expect(1).Error, StringComparison.Ordinal);
    }

    private Task<CliRun> AcceptAsync(FakeHttp http, string node, string storage) =>
        CommandLine.RunAsync("nodes", "accept-storage", node, storage, "--http", http.Address, "--data-directory", _data.FullName);
}
