using Actors.Membership;
using Actors.Runtime.Cluster;
using Actors.Runtime.Peering;
using Actors.Runtime.Tests.Peering;
using Actors.Runtime.Tests.Support;
using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Clusters;

/// <summary>What a driver does about a silo that is dead: another one, or itself.</summary>
public sealed class DeadPeerTests : IAsyncDisposable
{
    /// <summary>Whoever is only silent is not suspected while a test runs.</summary>
    private static readonly ClusterTimings Unsuspecting = new() { StartGraceMs = 500, SuspectAfterMs = 600_000, LoneVoteAfterMs = 600_000 };

    private readonly FlakyTable _table = new(ClusterSilo.ClusterId);
    private readonly int _port = PortRange.Next(2);
    private readonly List<ClusterSilo> _silos = [];

    public async ValueTask DisposeAsync()
    {
        _table.Mend();
        foreach (ClusterSilo silo in _silos)
        {
            await KillAsync(silo);
        }
    }

    [Fact]
    public async Task A_closed_port_is_evidence_enough()
    {
        ClusterSilo first = await StartAsync(0);
        ClusterSilo second = await StartAsync(1);
        SiloAddress dead = second.Address;
        await Guard.Until(() => first.Driver.Routes is { IsQuick: true } routes && routes.View.IsLive(dead), "both to be members");
        _silos.Remove(second);
        await KillAsync(second);
        await Guard.Until(() => first.Driver.Routes.View.IsDead(dead), "the second to be declared dead");
    }

    [Fact]
    public async Task The_connection_to_a_silo_that_is_declared_dead_is_closed()
    {
        ClusterSilo silo = await StartAsync(0);

        // A member that keeps its connection and says nothing, as a process that hangs.
        await using PeerNode hung = await PeerNode.StartAsync(1, new PeeringOptions { ClusterId = ClusterSilo.ClusterId, Secret = ClusterSilo.Secret });
        await _table.AddAsync(new MembershipEntry
        {
            SiloAddress = hung.Address,
            SiloName = new SiloNodeName("hung", 1).ToString(),
            HostName = "hung",
            Status = SiloStatus.Active,
            StartTime = DateTime.UnixEpoch,
        });
        silo.Driver.CatchUp();
        await hung.Events.Told.Seen("connected 0");
        await Guard.Until(() => silo.Calls.Hub.Connections.Any(), "the connection");

        Assert.True(await silo.Membership.TryKill(hung.Address));

        await hung.Events.Told.Seen("lost 0");
        await Guard.Until(() => !silo.Calls.Hub.Connections.Any(), "the connection to be forgotten");
    }

    [Fact]
    public async Task Who_is_dead_in_the_table_gets_no_lease_from_it_even_while_it_cannot_be_read()
    {
        ClusterSilo silo = await StartAsync(0);
        TurnLease lease = silo.Local.Turns!;
        Assert.False(lease.IsOver);
        _table.Break(FlakyTable.Trouble.Unreadable);
        MembershipTableData read = await _table.ReadAll();
        (MembershipEntry row, string etag) = read.TryGet(silo.Address)!;
        row.Status = SiloStatus.Dead;
        Assert.True(await _table.UpdateRow(row, etag, read.Version.Next()));
        int renewals = _table.Renewals;

        await Guard.Until(() => lease.IsOver, "the lease to end");

        Assert.True(_table.Renewals > renewals, "The table answered renewals all the time.");
        Assert.False(lease.IsEnded, "The silo has not read yet that it is dead.");
    }

    /// <summary>Ends a silo as kill -9 does: it tells nobody, and its port is closed.</summary>
    private static async Task KillAsync(ClusterSilo silo)
    {
        await silo.Service<ClusterStages>().DisposeAsync();
        await silo.DisposeAsync();
    }

    private async Task<ClusterSilo> StartAsync(int node)
    {
        ClusterSilo silo = await Guard.Within(ClusterSilo.StartAsync(node, _port + node, _table, timings: Unsuspecting), $"silo {node} to join");
        _silos.Add(silo);
        return silo;
    }
}
