using Actors.Harness;

namespace Actors.Cli.Tests;

public sealed class TokenCommandTests : IDisposable
{
    private readonly TemporaryDirectory _data = new();

    public TokenCommandTests() => File.WriteAllText(_data.Path("agents.secret"), "0123456789abcdef\n");

    public void Dispose() => _data.Dispose();

    private const string Agent = "00112233-4455-4677-8899-aabbccddeeff";

    private const string Issued = $$"""{"token":"secret","id":"{{Agent}}","kind":"agent","subject":"{{Agent}}","expiresAt":"2026-01-31T12:00:00+00:00"}""";

    [Fact]
    public async Task A_token_alone_is_written_to_the_output()
    {
        await using var http = new FakeHttp(201, Issued);
        var run = (await RunAsync("create", "--agent", Agent, "--valid-for", "2h", "--http", http.Address)).Expect(0);
        Assert.Equal("POST /api/v1/agents/tokens HTTP/1.1", http.LastRequest);
        Assert.Equal("Authorization: Bearer 0123456789abcdef", http.LastAuthorization);
        Assert.Equal(["secret"], run.Lines);
        Assert.Contains($"Token {Agent} for agent {Agent} is good until 2026-01-31 12:00:00Z.", run.Error, StringComparison.Ordinal);

        var json = (await RunAsync("create", "--reaches", Agent, "--http", http.Address, "-o", "json")).Expect(0).Json;
        Assert.Equal("secret", json.GetProperty("token").GetString());
    }

    [Theory]
    [InlineData("Give one of --agent, --reaches, --reaches-all and --operator.")]
    [InlineData("Give one of --agent, --reaches, --reaches-all and --operator.", "--agent", Agent, "--reaches-all")]
    [InlineData("Give one of --agent, --reaches, --reaches-all and --operator.", "--reaches-all", "--operator")]
    [InlineData("--id goes with the others", "--agent", Agent, "--id", Agent)]
    [InlineData("'somebody' is no id", "--operator", "--id", "somebody")]
    [InlineData("'somebody' is no id", "--agent", "somebody")]
    [InlineData("'soon' is no duration", "--reaches-all", "--valid-for", "soon")]
    public async Task What_makes_no_token_is_explained(string sentence, params string[] arguments)
    {
        var run = (await RunAsync(["create", .. arguments])).Expect(2);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokens_are_listed_with_their_state()
    {
        await using var http = new FakeHttp(200, $$"""
            {"tokens":[
              {"id":"{{Agent}}","kind":"agent","subject":"{{Agent}}","issuedAt":"2020-01-31T12:00:00+00:00","expiresAt":"2020-02-01T12:00:00+00:00"},
              {"id":"{{Agent}}","kind":"client","subject":"{{Agent}}","issuedAt":"2020-01-31T12:00:00+00:00","expiresAt":"9020-02-01T12:00:00+00:00","revokedAt":"2020-02-01T12:00:00+00:00"}]}
            """);
        var run = (await RunAsync("list", "--http", http.Address)).Expect(0);
        Assert.Equal("GET /api/v1/agents/tokens?limit=1000 HTTP/1.1", http.LastRequest);
        Assert.Contains(run.Lines, line => line.Contains(" agent ", StringComparison.Ordinal) && line.EndsWith("expired", StringComparison.Ordinal));
        Assert.Contains(run.Lines, line => line.Contains(" client ", StringComparison.Ordinal) && line.EndsWith("revoked", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tokens_are_revoked_by_their_ids()
    {
        await using var http = new FakeHttp(204, "");
        var run = (await RunAsync("revoke", Agent, "--http", http.Address)).Expect(0);
        Assert.Equal($"DELETE /api/v1/agents/tokens/{Agent} HTTP/1.1", http.LastRequest);
        Assert.Equal([$"{Agent} revoked"], run.Lines);
    }

    [Fact]
    public async Task The_secret_is_in_the_data_folder_of_the_silo()
    {
        await using var http = new FakeHttp(200, """{"tokens":[]}""");
        var run = (await CommandLine.RunAsync("agents", "token", "list", "--http", http.Address, "--data-directory", _data.Path("elsewhere"))).Expect(1);
        Assert.Contains($"There is no file {_data.Path("elsewhere/agents.secret")}.", run.Error, StringComparison.Ordinal);
        Assert.Contains("--data-directory", run.Error, StringComparison.Ordinal);
        Assert.Null(http.LastRequest);

        File.WriteAllText(_data.Path("agents.secret"), "\n");
        Assert.Contains("is empty", (await RunAsync("list", "--http", http.Address)).Expect(1).Error, StringComparison.Ordinal);
        File.Delete(_data.Path("agents.secret"));
        Directory.CreateDirectory(_data.Path("agents.secret"));
        Assert.Contains("cannot be read", (await RunAsync("list", "--http", http.Address)).Expect(1).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("silo.example.org:8080")]
    [InlineData("192.0.2.1:8080")]
    public async Task The_secret_does_not_leave_this_machine(string address) =>
        Assert.Contains("may be another machine", (await RunAsync("list", "--http", address)).Expect(1).Error, StringComparison.Ordinal);

    [Fact]
    public async Task A_silos_no_is_told_in_its_words()
    {
        await using var http = new FakeHttp(403, """{"status":"not allowed","reasons":["Only here."]}""");
        var run = (await RunAsync("list", "--http", http.Address)).Expect(1);
        Assert.Contains("says no (403): Only here.", run.Error, StringComparison.Ordinal);
        await using var page = new FakeHttp(200, "<html>");
        run = (await RunAsync("list", "--http", page.Address)).Expect(1);
        Assert.Contains("is no silo", run.Error, StringComparison.Ordinal);
        run = (await RunAsync("list", "--http", "127.0.0.1:1")).Expect(1);
        Assert.Contains("could not be asked", run.Error, StringComparison.Ordinal);
    }

    private Task<CliRun> RunAsync(params string[] arguments) => CommandLine.RunAsync(["agents", "token", .. arguments, "--data-directory", _data.FullName]);
}
