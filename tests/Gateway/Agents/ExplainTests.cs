using System.Net;
using System.Text.Json;
using Actors.Grains.Agents;

namespace Actors.Gateway.Tests.Agents;

/// <summary>What a peer's grain knows is said on the silo's machine, and to nobody else.</summary>
public sealed class ExplainTests
{
    private static readonly Guid Agent = Guid.Parse("00112233-4455-4677-8899-aabbccddeeff");
    private static readonly Guid Client = Guid.Parse("10112233-4455-4677-8899-aabbccddeeff");

    [Fact]
    public async Task A_peer_is_explained()
    {
        await using var rig = await AgentsRig.StartAsync();
        rig.Peers.Of(Agent).OnDescribe = static () => Task.FromResult(new PeerDescription
        {
            Announcement = new Announcement { Version = new(7, 3), Gateway = new(2, 5, 1), IsNodeOmitted = true },
            NodeBytes = 310,
            IsAttached = true,
            AreRowsRead = true,
            Neighbours = [new PeerNeighbour(Client, new(new(7, 2), IsOpen: false), new(new(9, 1), IsOpen: true), new(9, PeerVersion.LostSequence), new(1, 4, 1), 2, new(7, 3), new(7, 1), IsWaiting: true)],
        });
        var (status, body) = await rig.GetAsync($"/api/v1/agents/{Agent:D}/explain");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(
            JsonSerializer.Serialize(JsonDocument.Parse($$"""
                {"id":"{{Agent:D}}","announcement":{"kind":"node","epoch":7,"sequence":3,"nodeId":2,"generation":5},"nodeBytes":310,"isAttached":true,"areRowsRead":true,"isStored":false,
                 "neighbours":[{"id":"{{Client:D}}","tunnelTo":"closed","tunnelFrom":"open","announcement":{"kind":"lost","epoch":9,"nodeId":1,"generation":4},
                 "told":{"kind":"node","epoch":7,"sequence":3},"knowsTunnel":false,"isWaiting":true,"failures":2}]}
                """).RootElement),
            body);
    }

    [Fact]
    public async Task It_is_said_to_nobody_elsewhere_and_a_grain_that_is_not_reached_is_no_answer()
    {
        await using var rig = await AgentsRig.StartAsync();
        rig.Peers.Of(Agent).OnDescribe = static () => throw new TimeoutException("late");
        Assert.Equal(HttpStatusCode.Forbidden, (await rig.SendAsync(HttpMethod.Get, $"/api/v1/agents/{Agent:D}/explain", host: "silo.example.org")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await rig.GetAsync($"/api/v1/agents/{Agent:D}/explain", bearer: "somebody")).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await rig.GetAsync($"/api/v1/agents/{Agent:D}/explain")).Status);
    }
}
