using System.Net;
using System.Text.Json;
using Actors.Grains.Topics;
using Actors.Silo.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Silo.Tests.Http;

/// <summary>The nodes of a whole silo's store, and a storage that is accepted, through HTTP.</summary>
[Collection(nameof(SiloRig))]
public sealed class NodesEndpointsTests
{
    private static readonly Guid Former = new("0a1b2c3d-0000-4000-8000-000000000001");
    private static readonly Guid Found = new("0a1b2c3d-0000-4000-8000-000000000002");

    [Fact]
    public async Task A_node_that_is_away_gets_another_storage_and_what_only_it_had_is_named()
    {
        await using var rig = new SiloRig();
        await rig.StartAsync();
        var store = await PlantAsync(rig);

        var nodes = Json(await rig.GetAsync("/api/v1/nodes")).GetProperty("nodes");
        Assert.Equal([(1, true), (2, false)], nodes.EnumerateArray().Select(static node => (node.GetProperty("nodeId").GetInt32(), node.GetProperty("isLive").GetBoolean())));
        Assert.Equal(Former, nodes[1].GetProperty("storageId").GetGuid());

        var accepted = Json(await rig.SendAsync(HttpMethod.Put, $"/api/v1/nodes/2/storage/{Found:D}"));
        Assert.Equal((2, Former, Found), (accepted.GetProperty("nodeId").GetInt32(), accepted.GetProperty("former").GetGuid(), accepted.GetProperty("accepted").GetGuid()));
        var emptied = Assert.Single(accepted.GetProperty("emptied").EnumerateArray());
        Assert.Equal(("orders", "[1]"), (emptied.GetProperty("topic").GetString(), emptied.GetProperty("partitions").GetRawText()));
        Assert.Equal([(2, Found)], (await store.LoadNodesAsync(default)).Where(static node => node.NodeId == 2).Select(static node => (node.NodeId, node.StorageId)));

        var again = Json(await rig.SendAsync(HttpMethod.Put, $"/api/v1/nodes/2/storage/{Found:D}"));
        Assert.Empty(again.GetProperty("emptied").EnumerateArray());
    }

    [Fact]
    public async Task What_must_not_be_is_refused_with_a_reason()
    {
        await using var rig = new SiloRig();
        await rig.StartAsync();
        var store = await PlantAsync(rig);
        var own = (await store.LoadNodesAsync(default)).Single(static node => node.NodeId == 1).StorageId;

        Refused(HttpStatusCode.NotFound, "Node 7 has never started here", await rig.SendAsync(HttpMethod.Put, $"/api/v1/nodes/7/storage/{Found:D}"));
        Refused(HttpStatusCode.Conflict, "Node 1 runs, with the storage ", await rig.SendAsync(HttpMethod.Put, $"/api/v1/nodes/1/storage/{Found:D}"));
        Refused(HttpStatusCode.Conflict, "is that of node 1", await rig.SendAsync(HttpMethod.Put, $"/api/v1/nodes/2/storage/{own:D}"));
        Refused(HttpStatusCode.Unauthorized, "agents.secret", await rig.SendAsync(HttpMethod.Put, $"/api/v1/nodes/2/storage/{Found:D}", bearer: "somebody"));
        Assert.Equal(HttpStatusCode.NotFound, (await rig.SendAsync(HttpMethod.Put, "/api/v1/nodes/2/storage/none")).Status);
        Assert.Equal([own, Former], (await store.LoadNodesAsync(default)).Select(static node => node.StorageId));
    }

    /// <summary>Puts into the store a node that has started and is away, and a topic that has a partition on it.</summary>
    private static async Task<ITopicStore> PlantAsync(SiloRig rig)
    {
        var store = rig.Services.GetRequiredService<ITopicStore>();
        await store.StartNodeAsync(2, Former, Guid.NewGuid(), false, default);
        var topic = new NewTopic { Id = Guid.NewGuid(), Name = "orders", Configs = new Dictionary<string, string>(), Placement = [[1], [2]] };
        await store.CreateTopicsAsync([topic], default);
        await rig.Services.GetRequiredService<CatalogFollower>().FollowAsync(default);
        return store;
    }

    private static JsonElement Json((HttpStatusCode Status, string Body) answer)
    {
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);
        return JsonDocument.Parse(answer.Body).RootElement;
    }

    private static void Refused(HttpStatusCode status, string reason, (HttpStatusCode Status, string Body) answer)
    {
        Assert.Equal(status, answer.Status);
        Assert.Contains(reason, answer.Body, StringComparison.Ordinal);
    }
}
