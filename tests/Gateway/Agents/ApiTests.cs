using System.Net;
using System.Text.Json;
using Actors.Agents;
using Actors.Grains.Agents;

namespace Actors.Gateway.Tests.Agents;

/// <summary>What people ask about agents, and how tokens are looked after.</summary>
public sealed class ApiTests
{
    private static readonly Guid Agent = Guid.Parse("00112233-4455-4677-8899-aabbccddeeff");

    [Fact]
    public async Task Agents_are_listed_with_what_the_store_knows()
    {
        await using var rig = await AgentsRig.StartAsync();
        rig.Store.Agents.Add(new AgentSummary(
            new AgentRecord(Agent, 5, new AgentTimes { CreatedAtUtcMs = 1_000, FirstConnectedAtUtcMs = 2_000, LastConnectedAtUtcMs = 3_000 }, AgentLifecycle.StartError, 2_500),
            AgentStatus.Disconnected,
            3_000));
        var (status, body) = await rig.GetAsync("/api/v1/agents?status=disconnected&lifecycle=start_error&limit=1");
        Assert.Equal(HttpStatusCode.OK, status);
        var list = JsonDocument.Parse(body).RootElement;
        var one = list.GetProperty("agents")[0];
        Assert.Equal("disconnected", one.GetProperty("status").GetString());
        Assert.Equal("start_error", one.GetProperty("lifecycle").GetString());
        Assert.Equal("1970-01-01T00:00:03+00:00", one.GetProperty("disconnectedAt").GetString());
        Assert.Equal(Agent.ToString("D"), list.GetProperty("next").GetString());
        Assert.Equal((AgentStatus.Disconnected, AgentLifecycle.StartError, 1), (rig.Store.AskedAgents!.Status, rig.Store.AskedAgents.Lifecycle, rig.Store.AskedAgents.Max));

        Assert.Equal(one.GetRawText(), (await rig.GetAsync($"/api/v1/agents/{Agent:D}")).Body);
        Assert.Equal(HttpStatusCode.NotFound, (await rig.GetAsync($"/api/v1/agents/{Guid.NewGuid():D}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await rig.GetAsync($"/api/v1/agents/{Guid.NewGuid():D}/metadata")).Status);
        Assert.Contains("\"disconnected\":1", (await rig.GetAsync("/api/v1/agents/status")).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/agents?limit=0", "limit")]
    [InlineData("/api/v1/agents?limit=1001", "limit")]
    [InlineData("/api/v1/agents?after=x", "after")]
    [InlineData("/api/v1/agents?status=well&sort=name", "sort")]
    [InlineData("/api/v1/agents/connections?after=1_2", "after")]
    [InlineData("/api/v1/agents/connections?from=yesterday", "from")]
    [InlineData("/api/v1/agents/connections?ended=perhaps", "ended")]
    public async Task Wrong_parameters_are_named(string path, string name)
    {
        await using var rig = await AgentsRig.StartAsync();
        var (status, body) = await rig.GetAsync(path);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(JsonDocument.Parse(body).RootElement.GetProperty("reasons").EnumerateArray(), reason => reason.GetString()!.StartsWith($"'{name}' is ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_connection_log_is_read_in_pages()
    {
        await using var rig = await AgentsRig.StartAsync();
        var key = new ConnectionKey(Agent, Guid.NewGuid(), 0);
        rig.Store.Connection(new ConnectionRow { Key = key, Type = "ssh", ConnectedAtUtcMs = 7_000 });
        rig.Store.Connection(new ConnectionRow { Key = new ConnectionKey(Agent, null, 3), Type = "app", DisconnectedAtUtcMs = 6_000, Code = 0 });
        var (_, first) = await rig.GetAsync($"/api/v1/agents/connections?agent={Agent:D}&type=ssh&ip=1.2.3.4&ended=false&from=1970-01-01T00:00:01Z&before=1970-01-01T00:00:09Z&limit=1");
        var next = JsonDocument.Parse(first).RootElement.GetProperty("next").GetString();
        var asked = rig.Store.AskedConnections!;
        Assert.Equal((Agent, "ssh", "1.2.3.4", false, 1_000, 9_000, 1), (asked.Agent, asked.Type, asked.Ip, asked.HasEnded, asked.FromUtcMs, asked.BeforeUtcMs, asked.Max));

        var (_, second) = await rig.GetAsync($"/api/v1/agents/connections?after={next}&limit=2");
        Assert.Equal(new ConnectionCursor(7_000, key), rig.Store.AskedConnections!.After);
        var last = JsonDocument.Parse(second).RootElement.GetProperty("connections")[1];
        Assert.False(last.TryGetProperty("id", out _));
        Assert.Equal(0, last.GetProperty("code").GetInt32());
        await rig.GetAsync($"/api/v1/agents/connections?after={JsonDocument.Parse(second).RootElement.GetProperty("next").GetString()}");
        Assert.Equal(new ConnectionCursor(6_000, new ConnectionKey(Agent, null, 3)), rig.Store.AskedConnections!.After);
    }

    [Fact]
    public async Task A_store_that_is_away_is_said()
    {
        await using var rig = await AgentsRig.StartAsync();
        rig.Store.IsAway = true;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await rig.GetAsync("/api/v1/agents")).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await rig.SendAsync(HttpMethod.Post, "/api/v1/agents/tokens", """{"kind":"client","allAgents":true,"validSeconds":60}""")).Status);
    }

    [Fact]
    public async Task Tokens_are_issued_listed_and_revoked()
    {
        await using var rig = await AgentsRig.StartAsync();
        var (status, body) = await rig.SendAsync(HttpMethod.Post, "/api/v1/agents/tokens", $$"""{"kind":"agent","agent":"{{Agent:D}}","validSeconds":60}""");
        Assert.Equal(HttpStatusCode.Created, status);
        var issued = JsonDocument.Parse(body).RootElement;
        var id = issued.GetProperty("id").GetString();
        await using (await rig.AgentAsync(Agent, issued.GetProperty("token").GetString()))
        {
        }

        var listed = JsonDocument.Parse((await rig.GetAsync("/api/v1/agents/tokens?limit=10")).Body).RootElement.GetProperty("tokens")[0];
        Assert.Equal((id, "agent", Agent.ToString("D")), (listed.GetProperty("id").GetString(), listed.GetProperty("kind").GetString(), listed.GetProperty("subject").GetString()));
        Assert.False(listed.TryGetProperty("token", out _));
        Assert.Equal(HttpStatusCode.NoContent, (await rig.SendAsync(HttpMethod.Delete, $"/api/v1/agents/tokens/{id}")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await rig.DialAsync($"/agents/{Agent:D}/connect", token: issued.GetProperty("token").GetString())).Status);
    }

    [Theory]
    [InlineData("""{"kind":"agent","validSeconds":60}""", "agent")]
    [InlineData("""{"kind":"client","validSeconds":60}""", "allAgents")]
    [InlineData("""{"kind":"client","agents":[],"validSeconds":60}""", "allAgents")]
    [InlineData("""{"kind":"client","agents":["00112233-4455-4677-8899-aabbccddeeff"],"allAgents":true,"validSeconds":60}""", "allAgents")]
    [InlineData("""{"kind":"resume","validSeconds":60}""", "kind")]
    [InlineData("""{"kind":"operator","allAgents":true,"validSeconds":60}""", "allAgents")]
    [InlineData("""{"kind":"operator","subject":"00000000-0000-0000-0000-000000000000","validSeconds":60}""", "subject")]
    [InlineData("""{"kind":"agent","agent":"00112233-4455-4677-8899-aabbccddeeff","subject":"00112233-4455-4677-8899-aabbccddeeff","validSeconds":60}""", "subject")]
    [InlineData("""{"kind":"client","allAgents":true}""", "validSeconds")]
    [InlineData("""{"kind":"client","allAgents":true,"validSeconds":60,"forever":true}""", "forever")]
    [InlineData("""{"kind":""", "body")]
    [InlineData("null", "body")]
    public async Task A_wish_that_makes_no_sense_is_explained(string json, string part)
    {
        await using var rig = await AgentsRig.StartAsync();
        var (status, body) = await rig.SendAsync(HttpMethod.Post, "/api/v1/agents/tokens", json);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(part, body, StringComparison.OrdinalIgnoreCase);
        Assert.Null(rig.Store.Tokens);
    }

    [Fact]
    public async Task Tokens_are_nobodys_business_who_came_by_another_name()
    {
        await using var rig = await AgentsRig.StartAsync();
        var (status, _) = await rig.SendAsync(HttpMethod.Post, "/api/v1/agents/tokens", """{"kind":"client","allAgents":true,"validSeconds":60}""", host: "silo.example.org");
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Equal(HttpStatusCode.Forbidden, (await rig.SendAsync(HttpMethod.Get, "/api/v1/agents/tokens", host: "silo.example.org")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await rig.SendAsync(HttpMethod.Get, "/api/v1/agents/tokens", header: "X-Forwarded-For")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await rig.SendAsync(HttpMethod.Get, "/api/v1/agents/tokens", header: "Forwarded")).Status);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await rig.SendAsync(HttpMethod.Post, "/api/v1/agents/tokens", new string(' ', 70_000))).Status);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await rig.SendAsync(HttpMethod.Post, "/api/v1/agents/tokens")).Status);
        Assert.Null(rig.Store.Tokens);
    }

    [Fact]
    public async Task Who_looks_after_tokens_knows_the_silos_secret()
    {
        await using var rig = await AgentsRig.StartAsync();
        foreach (var bearer in (string[])["", "0123456789abcdeF", AgentsRig.Secret[..^1], AgentsRig.Secret + "0"])
        {
            var (status, body) = await rig.SendAsync(HttpMethod.Post, "/api/v1/agents/tokens", """{"kind":"client","allAgents":true,"validSeconds":60}""", bearer: bearer);
            Assert.Equal(HttpStatusCode.Unauthorized, status);
            Assert.Contains("agents.secret", body, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.Unauthorized, (await rig.GetAsync("/api/v1/agents/tokens", bearer)).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await rig.SendAsync(HttpMethod.Delete, $"/api/v1/agents/tokens/{Agent:D}", bearer: bearer)).Status);
        }

        Assert.Null(rig.Store.Tokens);
        Assert.Equal(HttpStatusCode.Unauthorized, (await rig.GetAsync("/api/v1/agents/tokens", await rig.TokenAsync(AgentTokenKind.Operator))).Status);
    }

    [Theory]
    [InlineData("/api/v1/agents")]
    [InlineData("/api/v1/agents/status")]
    [InlineData("/api/v1/agents/connections")]
    [InlineData("/api/v1/agents/00112233-4455-4677-8899-aabbccddeeff")]
    [InlineData("/api/v1/agents/00112233-4455-4677-8899-aabbccddeeff/metadata")]
    public async Task From_the_first_token_on_questions_need_one_as_well(string path)
    {
        await using var rig = await AgentsRig.StartAsync();
        rig.Store.Metadata(MetadataRow.Create(Agent, "load", "1", "", 1));
        rig.Store.Agents.Add(new AgentSummary(new AgentRecord(Agent, 5, new AgentTimes { CreatedAtUtcMs = 1_000 }, AgentLifecycle.Ready, null), AgentStatus.Connecting, null));
        Assert.Equal(HttpStatusCode.OK, (await rig.GetAsync(path, "")).Status);

        var (over, revoked) = (await rig.TokenAsync(AgentTokenKind.Operator, validMs: 0), Guid.NewGuid());
        var (status, body) = await rig.GetAsync(path, "");
        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Contains("--operator", body, StringComparison.Ordinal);
        await rig.Store.RevokeAsync(revoked, CancellationToken.None);
        foreach (var bad in (string[])
        [
            "x", over, await rig.TokenAsync(AgentTokenKind.Operator, tokenId: revoked), await rig.TokenAsync(AgentTokenKind.Agent, Agent), await rig.TokenAsync(AgentTokenKind.Client),
        ])
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await rig.GetAsync(path, bad)).Status);
        }

        Assert.Equal(HttpStatusCode.OK, (await rig.GetAsync(path, await rig.TokenAsync(AgentTokenKind.Operator))).Status);
        Assert.Equal(HttpStatusCode.OK, (await rig.GetAsync(path)).Status);
    }

    [Fact]
    public async Task A_token_is_renewed_for_whom_it_was_issued_to()
    {
        await using var rig = await AgentsRig.StartAsync();
        var first = await IssueAsync(rig, """{"kind":"client","allAgents":true,"validSeconds":60}""");
        await using var client = await rig.ClientAsync(first.GetProperty("token").GetString());
        var second = await IssueAsync(rig, $$"""{"kind":"client","allAgents":true,"validSeconds":60,"subject":"{{first.GetProperty("subject").GetString()}}"}""");
        Assert.Equal(first.GetProperty("subject").GetString(), second.GetProperty("subject").GetString());
        Assert.NotEqual(first.GetProperty("id").GetString(), second.GetProperty("id").GetString());
        await using var again = await rig.ClientAsync(second.GetProperty("token").GetString(), client.Welcome.Resume!.Token);
        Assert.Equal(client.Id, again.Id);

        var asking = await IssueAsync(rig, """{"kind":"operator","validSeconds":60}""");
        Assert.Equal("operator", asking.GetProperty("kind").GetString());
        Assert.Equal(HttpStatusCode.OK, (await rig.GetAsync("/api/v1/agents", asking.GetProperty("token").GetString()!)).Status);
        Assert.Contains("\"kind\":\"operator\"", (await rig.GetAsync("/api/v1/agents/tokens")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_id_that_no_token_has_is_not_revoked()
    {
        await using var rig = await AgentsRig.StartAsync();
        var (status, body) = await rig.SendAsync(HttpMethod.Delete, $"/api/v1/agents/tokens/{Agent:D}");
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains("No token of this id was issued", body, StringComparison.Ordinal);
    }

    private static async Task<JsonElement> IssueAsync(AgentsRig rig, string wish)
    {
        var (status, body) = await rig.SendAsync(HttpMethod.Post, "/api/v1/agents/tokens", wish);
        Assert.Equal(HttpStatusCode.Created, status);
        return JsonDocument.Parse(body).RootElement;
    }
}
