namespace Actors.Cli.Tests;

public sealed class ExplainCommandTests : IDisposable
{
    private const string Agent = "00112233-4455-4677-8899-aabbccddeeff";
    private const string Client = "10112233-4455-4677-8899-aabbccddeeff";

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("actors-cli-");

    public ExplainCommandTests() => File.WriteAllText(Path.Combine(_data.FullName, "agents.secret"), "0123456789abcdef\n");

    public void Dispose() => _data.Delete(recursive: true);

    [Fact]
    public async Task A_peer_is_explained_with_its_neighbours()
    {
        await using var http = new FakeHttp(200, $$"""
            {"id":"{{Agent}}","announcement":{"kind":"node","epoch":7,"sequence":3,"nodeId":2,"generation":5},"nodeBytes":310,"isAttached":true,"areRowsRead":true,"isStored":true,
             "neighbours":[{"id":"{{Client}}","tunnelFrom":"open","announcement":{"kind":"connected","epoch":9,"nodeId":1,"generation":4},
                            "told":{"kind":"node","epoch":7,"sequence":2},"knowsTunnel":true,"isWaiting":true,"failures":0}]}
            """);
        var run = (await RunAsync(Agent, "--http", http.Address)).Expect(0);
        Assert.Equal($"GET /api/v1/agents/{Agent}/explain HTTP/1.1", http.LastRequest);
        Assert.Equal("Authorization: Bearer 0123456789abcdef", http.LastAuthorization);
        Assert.Equal($"{Agent}: node, node 2 run 5, version 7/3, node record of 310 bytes", run.Lines[0]);
        var row = Assert.Single(run.Lines, static line => line.Contains(Client, StringComparison.Ordinal)).Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal([Client, "-", "open", "connected", "9", "node 1 run 4", "node 7/2", "is being told"], row);
        var json = (await RunAsync(Agent, "--http", http.Address, "-o", "json")).Expect(0).Json;
        Assert.Equal(310, json.GetProperty("nodeBytes").GetInt32());
    }

    [Fact]
    public async Task What_is_not_so_yet_is_said()
    {
        await using var http = new FakeHttp(200, $$"""
            {"id":"{{Agent}}","announcement":{"kind":"connected","epoch":7,"nodeId":2,"generation":5},"nodeBytes":0,"isAttached":false,"areRowsRead":false,"isStored":false,"neighbours":[]}
            """);
        var run = (await RunAsync(Agent, "--http", http.Address)).Expect(0);
        Assert.Equal(5, run.Lines.Count(static line => line.Length > 0));
        Assert.Contains("has not said", run.Lines[1], StringComparison.Ordinal);
        Assert.Equal("It has no tunnels.", run.Lines[4]);
        Assert.Contains("'somebody' is no id", (await RunAsync("somebody")).Expect(2).Error, StringComparison.Ordinal);
    }

    private Task<CliRun> RunAsync(params string[] arguments) => CommandLine.RunAsync(["agents", "explain", .. arguments, "--data-directory", _data.FullName]);
}
