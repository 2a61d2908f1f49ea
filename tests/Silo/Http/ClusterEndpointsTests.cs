using System.Net;
using System.Text.Json;
using Actors.Silo.Tests.Support;

namespace Actors.Silo.Tests.Http;

/// <summary>What HTTP tells of the cluster; here of one silo that stands alone.</summary>
[Collection(nameof(SiloRig))]
public sealed class ClusterEndpointsTests
{
    [Fact]
    public async Task The_cluster_its_grains_and_one_grain_are_told()
    {
        await using var rig = new SiloRig();
        await rig.StartAsync();
        await using (var connection = await rig.ConnectAsync())
        {
            await SiloRig.CreateTopicAsync(connection, "t");
        }

        var grains = Json(await rig.GetUntilAsync("/api/v1/grains", "\"method\":\"CreateTopics\""));
        var calls = grains.GetProperty("calls").EnumerateArray().Single(static one => one.GetProperty("method").GetString() == "CreateTopics");
        Assert.Equal((1, 0), (calls.GetProperty("ok").GetInt64(), calls.GetProperty("inFlight").GetInt64()));
        Assert.True(calls.GetProperty("p50Ms").GetDouble() > 0);
        var controller = grains.GetProperty("types").EnumerateArray().Single(static one => one.GetProperty("type").GetString() == "controller");
        Assert.Equal(1, controller.GetProperty("activations").GetInt64());
        Assert.Equal(0, controller.GetProperty("waitingCalls").GetInt64());

        var cluster = Json(await rig.GetAsync("/api/v1/cluster"));
        Assert.Equal(0, cluster.GetProperty("view").GetInt64());
        var silo = Assert.Single(cluster.GetProperty("silos").EnumerateArray());
        Assert.Equal("Active", silo.GetProperty("status").GetString());
        Assert.True(silo.GetProperty("activations").GetInt64() > 0);
        var nodeId = silo.GetProperty("nodeId").GetInt32();
        Assert.Equal(1, controller.GetProperty("activationsByNode").GetProperty($"{nodeId}").GetInt32());

        var grain = Json(await rig.GetAsync("/api/v1/grains/controller/controller"));
        Assert.Equal((nodeId, nodeId), (grain.GetProperty("homeNodeId").GetInt32(), grain.GetProperty("activeNodeId").GetInt32()));
        Assert.Equal(JsonValueKind.Array, grain.GetProperty("timers").ValueKind);
        Assert.Equal(JsonValueKind.Null, Json(await rig.GetAsync("/api/v1/grains/controller/with/slashes")).GetProperty("activeNodeId").ValueKind);
        Assert.Equal(HttpStatusCode.NotFound, (await rig.GetAsync("/api/v1/grains/nobody/x")).Status);

        var page = (await rig.GetAsync("/")).Body;
        Assert.Contains("<table id=\"silos\">", page, StringComparison.Ordinal);
        Assert.Matches("<td>controller</td>\\s*<td>CreateTopics</td>\\s*<td class=\"number\">1</td>", page);
    }

    private static JsonElement Json((HttpStatusCode Status, string Body) answer)
    {
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return JsonDocument.Parse(answer.Body).RootElement;
    }
}
