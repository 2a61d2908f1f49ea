using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Actors.Harness;

namespace Actors.Clients.Tests.Agents;

/// <summary>An agent and a client that are written in JavaScript, with the WebSocket library ws, meet at a real silo.</summary>
public sealed class NodeAgentTests
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task They_learn_of_each_other_and_of_each_others_loss()
    {
        using var data = new TemporaryDirectory();
        await using var silo = await SiloProcess.StartAsync(new SiloProcessOptions(data.FullName));
        var address = $"127.0.0.1:{silo.Options.HttpPort}";
        var agent = Guid.NewGuid();
        var job = new JsonObject
        {
            ["address"] = address,
            ["timeoutMs"] = (int)(Guard - TimeSpan.FromSeconds(10)).TotalMilliseconds,
            ["agent"] = agent,
            ["stranger"] = Guid.NewGuid(),
            ["agentToken"] = await TokenAsync(data, address, new JsonObject { ["kind"] = "agent", ["agent"] = agent, ["validSeconds"] = 600 }),
            ["clientToken"] = await TokenAsync(data, address, new JsonObject { ["kind"] = "client", ["agents"] = new JsonArray(agent), ["validSeconds"] = 600 }),
        };
        var ending = await ForeignProgram.RunAsync("node", [Path.Combine(Repository.Root, "tests", "Clients", "Node", "agents.mjs")], job.ToJsonString(), Guard);

        Assert.Equal(
            [
                """{"step":"an unknown version","status":400,"isNamed":true}""",
                """{"step":"the agent is welcome","protocol":"actors.agents.v1","isItself":true}""",
                """{"step":"the client sees the agent","isAsWritten":true}""",
                """{"step":"the agent sees the client","isAsWritten":true}""",
                """{"step":"the agent is ready"}""",
                """{"step":"an update is relayed"}""",
                """{"step":"the agent is lost and comes back"}""",
                """{"step":"the client comes back","isItself":true}""",
                """{"step":"a stranger is not reached","code":"not_allowed"}""",
                """{"step":"a newer connection takes over","code":4409}""",
                """{"step":"the agent says goodbye","code":1000}""",
                """{"step":"a binary frame","code":1003}""",
            ],
            ending.OutputOfSuccess().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(0, await silo.StopAsync());
    }

    private static async Task<string> TokenAsync(TemporaryDirectory data, string address, JsonObject wish)
    {
        using var http = new HttpClient { Timeout = Guard };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(data.Path("agents.secret"))).Trim());
        using var answer = await http.PostAsJsonAsync(new Uri($"http://{address}/api/v1/agents/tokens"), wish);
        answer.EnsureSuccessStatusCode();
        return (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["token"]!;
    }
}
