using Actors.Harness;

namespace Actors.Cli.Tests;

public sealed class ForgetCommandTests : IDisposable
{
    private const string Agent = "00112233-4455-4677-8899-aabbccddeeff";
    private const string Other = "10112233-4455-4677-8899-aabbccddeeff";

    private readonly TemporaryDirectory _data = new();

    public ForgetCommandTests() => File.WriteAllText(_data.Path("agents.secret"), "0123456789abcdef\n");

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Agents_are_forgotten_by_their_ids()
    {
        await using var http = new FakeHttp(204, "");
        var run = (await RunAsync(Agent, Other, "--http", http.Address)).Expect(0);
        Assert.Equal($"DELETE /api/v1/agents/{Other} HTTP/1.1", http.LastRequest);
        Assert.Equal("Authorization: Bearer 0123456789abcdef", http.LastAuthorization);
        Assert.Equal([$"{Agent} forgotten", $"{Other} forgotten"], run.Lines);
    }

    [Fact]
    public async Task One_that_stays_is_named_with_the_reason_and_the_next_is_tried()
    {
        await using var http = new FakeHttp(409, """{"status":"connected","reasons":["It is connected."]}""");
        var run = (await RunAsync(Agent, Other, "--http", http.Address)).Expect(1);
        Assert.Equal($"DELETE /api/v1/agents/{Other} HTTP/1.1", http.LastRequest);
        Assert.Contains($"{Agent}: http://{http.Address} says no (409): It is connected.", run.Error, StringComparison.Ordinal);
        Assert.Contains($"{Other}: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_nobody_answers_the_next_is_not_tried_and_what_is_no_id_is_said()
    {
        var run = (await RunAsync(Agent, Other, "--http", "127.0.0.1:1")).Expect(1);
        Assert.DoesNotContain(Other, run.Error, StringComparison.Ordinal);
        Assert.Contains("'somebody' is no id", (await RunAsync(Agent, "somebody")).Expect(2).Error, StringComparison.Ordinal);
    }

    private Task<CliRun> RunAsync(params string[] arguments) => CommandLine.RunAsync(["agents", "forget", .. arguments, "--data-directory", _data.FullName]);
}
