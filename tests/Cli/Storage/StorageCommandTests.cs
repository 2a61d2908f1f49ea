namespace Actors.Cli.Tests;

/// <summary><c>policies</c>, <c>volumes</c>, <c>pools</c> and <c>links</c> against answers as silos give them.</summary>
public sealed class StorageCommandTests : IDisposable
{
    private const string Volume = """
        {"name":"v1","storageClass":"mayastor","labels":["app=db"],"sizeBytes":10737418240,"pools":["cold-a"],"isHealthy":true,"isMoving":true,"policy":"fast","otherPolicies":["slow"],
         "tier":"cold","wantedTier":"hot","action":"blocked","iops":9000.5,"heatUnknown":null,"why":"9000.5 operations/s want it in the Hot tier","next":"it moves when nothing stands against it any more",
         "blocks":["1 of 3 readings in a row want the Hot tier"],"moves":[{"sourcePool":"cold-a","targetPool":"hot-b","link":"ab","bytes":10737418240,"bytesPerSecond":209715200,"seconds":51.2}],
         "readingsInRow":1,"cooldownUntil":"2026-01-02T03:04:05+00:00",
         "migration":{"id":"00112233-4455-4677-8899-aabbccddeeff","policy":"fast","phase":"copying","sourcePool":"cold-a","targetPool":"hot-b","move":1,"moves":1,"copiedBytes":5368709120,"sizeBytes":10737418240,
                      "bytesPerSecond":209715200,"waitsFor":null,"reason":null,"problem":null,"isOverdue":false,"decidedAt":"2026-01-02T03:00:00+00:00","endedAt":null}}
        """;

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("actors-cli-");

    public StorageCommandTests() => File.WriteAllText(Path.Combine(_data.FullName, "agents.secret"), "0123456789abcdef\n");

    public void Dispose() => _data.Delete(recursive: true);

    [Fact]
    public async Task Volumes_are_listed_with_how_far_they_are()
    {
        await using var http = new FakeHttp(200, $$"""{"backEnd":"files","budget":"enforced","volumes":[{{Volume}}]}""");
        var run = (await RunAsync("volumes", "list", "--http", http.Address)).Expect(0);
        Assert.Null(http.LastAuthorization);
        Assert.Equal(
            ["v1", "mayastor", "10 GiB", "cold-a", "fast", "cold", "hot", "9000.5", "copying 50 % at 200 MiB/s"],
            Cells(run, "v1"));
        Assert.Equal(1, (await RunAsync("volumes", "list", "--moving", "--http", http.Address, "-o", "json")).Expect(0).Json.GetProperty("volumes").GetArrayLength());
        Assert.Equal(0, (await RunAsync("volumes", "list", "--policy", "other", "--http", http.Address, "-o", "json")).Expect(0).Json.GetProperty("volumes").GetArrayLength());
    }

    [Fact]
    public async Task A_plan_has_bytes_and_times_and_what_blocks()
    {
        await using var http = new ScriptedHttp(static request => request.EndsWith("/policies", StringComparison.Ordinal)
            ? (200, """{"policies":[{"metadata":{"name":"fast"},"status":{"phase":"Active"}}]}""")
            : (200, $$"""{"backEnd":"files","budget":"none","volumes":[{{Volume}}]}"""));
        var run = (await RunAsync("policies", "plan", "--http", http.Address)).Expect(0);
        Assert.Equal(["v1", "fast", "cold", "hot", "blocked", "cold-a to hot-b over ab", "10 GiB", "51s", "1 of 3 readings in a row want the Hot tier"], Cells(run, "v1"));
        Assert.Contains(run.Lines, static line => line.Contains("only how many copies there are is bounded", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_volume_is_explained()
    {
        await using var http = new FakeHttp(200, Volume);
        var run = (await RunAsync("volumes", "explain", "v/1", "--http", http.Address)).Expect(0);
        Assert.Equal("GET /api/v1/storage/volumes/v%2F1 HTTP/1.1", http.LastRequest);
        foreach (var part in (string[])["v1 is in cold-a, tier cold, by policy fast", "why:  9000.5 operations/s", "blocked: 1 of 3", "stays until 2026-01-02 03:04:05Z", "also selected by slow", "migration: cold-a to hot-b, copying 50 %"])
            Assert.Contains(run.Lines, line => line.Contains(part, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_is_applied_with_the_silos_secret_and_every_mistake_is_shown()
    {
        var file = Path.Combine(_data.FullName, "policy.yaml");
        await File.WriteAllTextAsync(file, "kind: StoragePolicy");
        await using var http = new FakeHttp(200, """{"changes":[{"kind":"StoragePolicy","name":"fast","change":"created"}]}""");
        Assert.Equal("StoragePolicy fast created", (await ChangeAsync("policies", "apply", "-f", file, "--http", http.Address)).Expect(0).Lines[0]);
        Assert.Equal(("POST /api/v1/storage/policies HTTP/1.1", "Authorization: Bearer 0123456789abcdef"), (http.LastRequest, http.LastAuthorization));

        await using var refusing = new FakeHttp(400, """{"status":"mistakes","reasons":["spec.a is wrong","spec.b is unknown"]}""");
        var error = (await ChangeAsync("policies", "apply", "-f", file, "--http", refusing.Address)).Expect(1).Error;
        Assert.Contains("spec.a is wrong", error, StringComparison.Ordinal);
        Assert.Contains("says no (400):\n  spec.a is wrong\n  spec.b is unknown\n", error, StringComparison.Ordinal);
        Assert.Contains("cannot be read", (await ChangeAsync("policies", "apply", "-f", "/nowhere", "--http", http.Address)).Expect(1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Policies_are_listed_and_shown_with_their_remarks_and_history()
    {
        const string Policy = """
            {"apiVersion":"storage.billyronks.io/v1","kind":"StoragePolicy","metadata":{"name":"fast","generation":2},"spec":{"highWatermarkIOPS":5000,"lowWatermarkIOPS":500},
             "status":{"phase":"Active","watchedVolumes":3,"hotVolumes":1,"warmVolumes":0,"coldVolumes":2,"activeMigrations":1,"totalMigrations":7,"failedMigrations":2,
             "conditions":[{"type":"Ready","status":"True","lastTransitionTime":"2026-01-02T03:04:05+00:00","reason":"Reconciled","message":"fine"},
                           {"type":"MetricsAvailable","status":"False","lastTransitionTime":"2026-01-02T03:04:05+00:00","reason":"MetricsUnavailable","message":"look at Prometheus"}],
             "migrationHistory":[{"volumeName":"v1","timestamp":"2026-01-02T03:04:05+00:00","fromTier":"cold","toTier":"hot","triggerIOPS":9000,"duration":"2.5m","success":false,"error":"the pool was full"}]}}
            """;
        await using var list = new FakeHttp(200, $$"""{"policies":[{{Policy}}]}""");
        Assert.Equal(["fast", "Active", "5000", "500", "3", "1", "0", "2", "1", "7", "2", "MetricsUnavailable"], Cells((await RunAsync("policies", "list", "--http", list.Address)).Expect(0), "fast"));
        await using var one = new FakeHttp(200, Policy);
        var run = (await RunAsync("policies", "show", "fast", "--http", one.Address)).Expect(0);
        Assert.Contains(run.Lines, static line => line.Contains("the pool was full", StringComparison.Ordinal));
        Assert.Contains(run.Lines, static line => line.Contains("look at Prometheus", StringComparison.Ordinal));
        Assert.Equal(2, (await RunAsync("policies", "show", "fast", "--http", one.Address, "-o", "json")).Expect(0).Json.GetProperty("metadata").GetProperty("generation").GetInt32());
    }

    [Fact]
    public async Task Volumes_are_moved_paused_resumed_and_aborted_with_the_silos_secret()
    {
        await using var http = new FakeHttp(200, """{"id":"00112233-4455-4677-8899-aabbccddeeff","remark":null}""");
        Assert.Equal("v1: begun", (await ChangeAsync("volumes", "migrate", "v1", "--to", "hot-b", "--http", http.Address)).Expect(0).Lines[0]);
        Assert.Equal("POST /api/v1/storage/volumes/v1/migrate HTTP/1.1", http.LastRequest);
        foreach (var (verb, outcome) in ((string, string)[])[("pause", "paused"), ("resume", "resumed"), ("abort", "aborting")])
        {
            Assert.Equal($"v1: {outcome}", (await ChangeAsync("volumes", verb, "v1", "--http", http.Address)).Expect(0).Lines[0]);
            Assert.Equal($"POST /api/v1/storage/volumes/v1/{verb} HTTP/1.1", http.LastRequest);
        }

        var remarked = (await ChangeAsync("volumes", "migrate", "v1", "--to", "hot-b", "--http", http.Address, "-o", "json")).Expect(0).Json;
        Assert.Equal("00112233-4455-4677-8899-aabbccddeeff", remarked.GetProperty("order").GetString());
        await using var partly = new FakeHttp(200, """{"id":"00112233-4455-4677-8899-aabbccddeeff","remark":"1 of 2 replicas had moved before, and are not taken back"}""");
        Assert.Equal("v1: aborting; 1 of 2 replicas had moved before, and are not taken back", (await ChangeAsync("volumes", "abort", "v1", "--http", partly.Address)).Expect(0).Lines[0]);
        await using var refusing = new FakeHttp(409, """{"status":"refused","reasons":["It does not move."]}""");
        Assert.Contains("It does not move.", (await ChangeAsync("volumes", "pause", "v1", "--http", refusing.Address)).Expect(1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wait_is_for_the_order_that_was_given_and_goes_on_while_no_silo_answers()
    {
        var last = Volume.Replace("aabbccddeeff", "000000000000", StringComparison.Ordinal).Replace("\"endedAt\":null", "\"endedAt\":\"2026-01-02T04:00:00+00:00\"", StringComparison.Ordinal);
        var done = Volume.Replace("\"copying\"", "\"done\"", StringComparison.Ordinal).Replace("\"endedAt\":null", "\"endedAt\":\"2026-01-02T04:00:00+00:00\"", StringComparison.Ordinal);
        var answers = new Queue<(int, string)?>([(200, last), (503, """{"status":"not ready","reasons":["It is slow."]}"""), null, (200, Volume), (200, done)]);
        await using var http = new ScriptedHttp(request => request.StartsWith("POST", StringComparison.Ordinal) ? (200, """{"id":"00112233-4455-4677-8899-aabbccddeeff","remark":null}""") : answers.Dequeue());
        Assert.Equal("v1: done", (await ChangeAsync("volumes", "migrate", "v1", "--to", "hot-b", "--wait", "--http", http.Address)).Expect(0).Lines[0]);
        Assert.Empty(answers);
    }

    [Fact]
    public async Task A_wait_for_an_order_that_another_has_followed_says_so()
    {
        var other = Volume.Replace("aabbccddeeff", "000000000000", StringComparison.Ordinal);
        var answers = new Queue<(int, string)?>([(200, Volume), (200, other)]);
        await using var http = new ScriptedHttp(request => request.StartsWith("POST", StringComparison.Ordinal) ? (200, """{"id":"00112233-4455-4677-8899-aabbccddeeff","remark":null}""") : answers.Dequeue());
        Assert.Contains("was moved again meanwhile", (await ChangeAsync("volumes", "migrate", "v1", "--to", "hot-b", "--wait", "--http", http.Address)).Expect(1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_policies_to_delete_those_that_are_gone_are_told_beside_the_one_that_could_not_be()
    {
        await using var http = new ScriptedHttp(static request => request.EndsWith("/b", StringComparison.Ordinal) ? (404, """{"status":"unknown","reasons":["There is no policy b."]}""") : (204, ""));
        var run = (await ChangeAsync("policies", "delete", "a", "b", "c", "--http", http.Address)).Expect(1);
        Assert.Equal(["a deleted", "c deleted"], run.Lines);
        Assert.Contains("There is no policy b.", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "", "there are no policies")]
    [InlineData("Disabled", "", "no policy is active (fast: Disabled)")]
    [InlineData("Active", "", "no volume is selected")]
    [InlineData("Active", "stay", "every volume is where it is wanted")]
    [InlineData("Active", "unknown", "0 volumes are where they are wanted, and 1 stay because their heat is not known (Prometheus is down)")]
    public async Task A_plan_that_is_empty_says_why(string phase, string volume, string part)
    {
        var policies = phase.Length == 0 ? "" : $$$"""{"metadata":{"name":"fast"},"status":{"phase":"{{{phase}}}"}}""";
        var stays = Volume.Replace("\"blocked\"", "\"stay\"", StringComparison.Ordinal);
        var volumes = volume switch { "" => "", "stay" => stays, _ => stays.Replace("\"heatUnknown\":null", "\"heatUnknown\":\"Prometheus is down\"", StringComparison.Ordinal) };
        await using var http = new ScriptedHttp(request => request.EndsWith("/policies", StringComparison.Ordinal)
            ? (200, $$"""{"policies":[{{policies}}]}""")
            : (200, $$"""{"backEnd":"files","budget":"none","volumes":[{{volumes}}]}"""));
        Assert.Contains(part, string.Join(' ', (await RunAsync("policies", "plan", "--http", http.Address)).Expect(0).Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_of_a_policy_that_there_is_not_is_a_mistake()
    {
        await using var http = new FakeHttp(404, """{"status":"unknown","reasons":["There is no policy typo."]}""");
        Assert.Contains("There is no policy typo.", (await RunAsync("policies", "plan", "typo", "--http", http.Address)).Expect(1).Error, StringComparison.Ordinal);
        Assert.Equal("GET /api/v1/storage/policies/typo HTTP/1.1", http.LastRequest);
    }

    [Fact]
    public async Task Pools_and_links_are_listed()
    {
        await using var pools = new FakeHttp(200, """
            {"backEnd":"files","pools":[
            {"name":"hot-b","node":"b","labels":["tier=hot"],"isUsable":false,"capacityBytes":1099511627776,"freeBytes":549755813888,"replicas":3},
            {"name":"cold-b","node":"b","labels":[],"isUsable":true,"capacityBytes":1099511627776,"freeBytes":549755813888,"replicas":1,"applicationBytesPerSecond":1048576}]}
            """);
        var listed = (await RunAsync("pools", "list", "--http", pools.Address)).Expect(0);
        Assert.Equal(["hot-b", "b", "1 TiB", "512 GiB", "3", "unknown", "tier=hot", "not usable"], Cells(listed, "hot-b"));
        Assert.Equal("1 MiB/s", Cells(listed, "cold-b")[5]);
        await using var links = new FakeHttp(200, """
            {"links":[{"name":"ab","first":"a","second":"b","profile":"25G","capacityBytesPerSecond":3125000000,"budgetBytesPerSecond":2097152000,"grantedBytesPerSecond":1048576,"isUp":true,"maxCopies":1,"volumes":["v1"]},
                      {"name":"bc","first":"b","second":"c","profile":"25G","capacityBytesPerSecond":3125000000,"budgetBytesPerSecond":0,"grantedBytesPerSecond":0,"isUp":false,"maxCopies":0,"volumes":[]}]}
            """);
        var run = (await RunAsync("links", "list", "--http", links.Address)).Expect(0);
        Assert.Equal(["ab", "a and b", "25G", "2.9 GiB/s", "2 GiB/s", "1 MiB/s", "v1", "up, copies for now: 1"], Cells(run, "ab"));
        Assert.Equal("down", Cells(run, "bc")[^1]);
    }

    private static string[] Cells(CliRun run, string name) =>
        Assert.Single(run.Lines, line => line.TrimStart().StartsWith(name + " ", StringComparison.Ordinal)).Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static Task<CliRun> RunAsync(params string[] arguments) => CommandLine.RunAsync(arguments);

    private Task<CliRun> ChangeAsync(params string[] arguments) => CommandLine.RunAsync([.. arguments, "--data-directory", _data.FullName]);
}
