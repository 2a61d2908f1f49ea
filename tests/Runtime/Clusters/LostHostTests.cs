using System.Net;
using System.Net.Sockets;
using Actors.Membership;
using Actors.Runtime.Cluster;
using Actors.Runtime.Tests.Support;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Clusters;

/// <summary>Members of which nothing is heard, and nobody says that they are gone: their hosts are lost, or only cut off.</summary>
public sealed class LostHostTests : IAsyncDisposable
{
    private readonly FlakyTable _table = new(ClusterSilo.ClusterId);
    private readonly int _port = PortRange.Next(5);
    private readonly List<Socket> _silent = [];
    private readonly List<ClusterSilo> _silos = [];

    public async ValueTask DisposeAsync()
    {
        foreach (ClusterSilo silo in _silos)
        {
            await silo.DisposeAsync();
        }

        _silent.ForEach(static socket => socket.Dispose());
    }

    [Fact]
    public async Task A_second_one_is_declared_dead_when_its_lease_in_the_table_is_older_than_it_may_go_on()
    {
        ClusterSilo silo = await StartAsync(0, 0, new ClusterTimings { StartGraceMs = 1_000, LoneVoteAfterMs = 1_000, StoreAwayMs = 10_000 });
        // Nobody is declared dead before both are there.
        _table.Break(FlakyTable.Trouble.ReadOnly);
        await LoseAsync(1);
        await LoseAsync(2);
        _table.Mend();
        await Guard.Until(() => silo.Now.Hindrance?.Contains("write that it is dead", StringComparison.Ordinal) == true, "the silo to say what is in the way");
        await Guard.Until(() => silo.Driver.Routes is { IsQuick: true } routes && routes.View.Members.Count(static member => member.IsLive) == 1, "the second to be declared dead");
        await Guard.Until(() => silo.Now.Hindrance is null, "nothing to be in the way any more");
    }

    [Fact]
    public async Task The_grains_of_a_node_wait_until_its_lost_run_has_run_its_last_turn()
    {
        var timings = new ClusterTimings { LeaseMs = 10_000 };
        // The dead are forgotten at once, but nobody of whom it is not known yet that it runs no more.
        ClusterSilo first = await StartAsync(0, 0, timings, silo => silo.Configure<ClusterMembershipOptions>(static options =>
        {
            options.DefunctSiloExpiration = TimeSpan.Zero;
            options.DefunctSiloCleanupPeriod = TimeSpan.FromMilliseconds(50);
        }));
        SiloAddress lost = await LoseAsync(1);
        await Guard.Until(() => first.Driver.Routes.View.IsLive(lost), "the first to know of it");
        Assert.True(await first.Membership.TryKill(lost));
        ClusterSilo again = await StartAsync(1, 3, timings);
        Assert.False(again.Driver.Routes.HasNode);
        Task<string> call = again.Grains.GetGrain<INodeGrain>("x@1").Where();
        await Guard.Until(() => call.IsCompleted || again.Driver.Routes.HasNode, "the node");
        Assert.True(again.Driver.Routes.HasNode);
        Assert.Equal(again.Address.ToString(), await Guard.Within(call, "the answer"));
    }

    private async Task<ClusterSilo> StartAsync(int node, int at, ClusterTimings timings, Action<ISiloBuilder>? configure = null)
    {
        ClusterSilo silo = await Guard.Within(ClusterSilo.StartAsync(node, _port + at, _table, timings: timings, configure: configure), $"silo {node} to join");
        _silos.Add(silo);
        return silo;
    }

    /// <summary>A member of the table at whose address connections are taken and nothing is said.</summary>
    private async Task<SiloAddress> LoseAsync(int node)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _silent.Add(socket);
        var endpoint = new IPEndPoint(IPAddress.Loopback, _port + node);
        socket.Bind(endpoint);
        socket.Listen();
        var row = new MembershipEntry
        {
            SiloAddress = SiloAddress.New(endpoint, 1),
            SiloName = new SiloNodeName("lost", node).ToString(),
            HostName = "lost",
            Status = SiloStatus.Active,
            StartTime = DateTime.UnixEpoch,
            IAmAliveTime = DateTime.UnixEpoch,
        };
        await _table.AddAsync(row);
        return row.SiloAddress;
    }
}
