using Actors.Grains.Agents;
using Actors.Grains.Tests.Support;
using Actors.Placement;
using Actors.Runtime.Tests.Clusters;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.TestingHost;

namespace Actors.Grains.Tests.Agents.House;

/// <summary>Silos in one process, with the hub's peers.</summary>
internal sealed class HubCluster : IAsyncDisposable
{
    private readonly TestCluster _cluster;
    private readonly Dictionary<int, InProcessSiloHandle> _silos;
    private readonly List<HubSocket> _sockets = [];

    private HubCluster(TestCluster cluster, SharedRows rows)
    {
        _cluster = cluster;
        Rows = rows;
        _silos = cluster.Silos.Cast<InProcessSiloHandle>().ToDictionary(static silo => (int)silo.InstanceNumber);
    }

    public SharedRows Rows { get; }

    public IEnumerable<int> Nodes => _silos.Keys;

    public static async Task<HubCluster> StartAsync(short silos)
    {
        var rows = HubConfigurator.ShareRows();
        var builder = new TestClusterBuilder(silos);
        builder.Options.BaseSiloPort = PortRange.Next(silos);
        builder.AddSiloBuilderConfigurator<HubConfigurator>();
        var cluster = builder.Build();
        await TestGuard.SoonAsync(cluster.DeployAsync(), "the cluster forms");
        var hub = new HubCluster(cluster, rows);
        await TestGuard.UntilAsync(() => hub.Nodes.All(node => hub.Get<IClusterNodes>(node).Current.Live.Count == silos), "every silo sees all");
        return hub;
    }

    public T Get<T>(int node)
        where T : notnull => _silos[node].ServiceProvider.GetRequiredService<T>();

    public IAgentPeerGrain Grain(Guid peer) => Get<IGrainFactory>(Nodes.First()).GetGrain<IAgentPeerGrain>(IAgentPeerGrain.KeyOf(peer));

    /// <summary>The node on which a peer's grain lives.</summary>
    public int HomeOf(Guid peer) => RendezvousHash.Choose(Grain(peer).GetGrainId(), [.. Nodes.Order()]);

    /// <summary>A peer whose grain lives on a node.</summary>
    public Guid PeerOn(int node, Random random)
    {
        while (true)
        {
            var bytes = new byte[16];
            random.NextBytes(bytes);
            if (HomeOf(new Guid(bytes)) == node)
                return new Guid(bytes);
        }
    }

    /// <summary>Connects a peer to a node. It tries until its grain answers, as a gateway does.</summary>
    public async Task<HubSocket> ConnectAsync(int node, Guid peer)
    {
        var grain = Get<IGrainFactory>(node).GetGrain<IAgentPeerGrain>(IAgentPeerGrain.KeyOf(peer));
        long epoch = 0;
        await TestGuard.UntilAsync(async () =>
        {
            try
            {
                epoch = await grain.Connect(0);
            }
            catch (Exception e) when (e is TimeoutException or Orleans.Runtime.OrleansException)
            {
                return false;
            }

            return true;
        }, $"{peer} gets an epoch");
        Assert.NotEqual(0, epoch);
        var socket = new HubSocket(Get<HubSockets>(node), grain, Get<IAgentViews>(node), peer, epoch);
        _sockets.Add(socket);
        return socket;
    }

    /// <summary>A silo dies with its sockets.</summary>
    public async Task KillAsync(int node)
    {
        _silos.Remove(node, out var silo);
        foreach (var socket in silo!.ServiceProvider.GetRequiredService<HubSockets>().Open)
            socket.Cut();
        await TestGuard.SoonAsync(_cluster.KillSiloAsync(silo), "the silo ends");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var socket in _sockets)
            socket.Cut();
        await _cluster.DisposeAsync();
    }
}
