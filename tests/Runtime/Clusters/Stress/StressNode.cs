using System.Net;
using System.Net.Sockets;
using Actors.Membership;
using Actors.Runtime.Cluster;
using Actors.Runtime.Scheduling;
using Actors.Runtime.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Hosting;

namespace Actors.Runtime.Tests.Clusters.Stress;

/// <summary>One silo of a node behind its relay.</summary>
internal sealed class StressNode : IAsyncDisposable
{
    /// <summary>Patience enough for a machine that is busy, and no more.</summary>
    private static readonly ClusterTimings Short = new()
    {
        ProbePeriodMs = 200,
        SuspectAfterMs = 1_000,
        SuspectBusyAfterMs = 1_500,
        BusyWithinMs = 500,
        StartGraceMs = 4_000,
        LoneVoteAfterMs = 1_500,
        LeaseMs = 1_000,
    };

    private readonly PeerRelay _relay;

    private StressNode(ClusterSilo silo, PeerRelay relay) => (Silo, _relay) = (silo, relay);

    public ClusterSilo Silo { get; }

    /// <summary>True when the silo has ended, or is about to.</summary>
    public bool IsOut => Silo.Driver.Out.IsCompleted;

    /// <summary>Starts a silo and waits until it is a member.</summary>
    public static async Task<StressNode> StartAsync(int node, PeerNetwork network, ILeasedMembershipTable table, LedgerStorage store, TurnLedger ledger)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int port = PortRange.Next(1);
        var relay = new PeerRelay(network, node, port, socket.LocalEndPoint!);
        try
        {
            ClusterSilo silo = await Guard.Within(
                ClusterSilo.StartAsync(node, port, table, timings: Short, listen: socket, configure: builder =>
                {
                    builder.Services.AddGrainStorage("Default", (_, _) => store);
                    builder.Services.AddSingleton(services => new TurnReporter(ledger, services.GetRequiredService<LocalSilo>));
                }),
                $"node {node} to join");
            return new StressNode(silo, relay);
        }
        catch
        {
            await relay.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends it as kill -9 does: it tells nobody, and its port is closed when nothing of it runs any more.</summary>
    public async Task KillAsync()
    {
        await Silo.Service<ClusterStages>().DisposeAsync();
        await _relay.DisposeAsync();
        await Silo.DisposeAsync();
    }

    /// <summary>Ends it in good order, when it is a member.</summary>
    public async ValueTask DisposeAsync()
    {
        await Silo.DisposeAsync();
        await _relay.DisposeAsync();
    }
}
