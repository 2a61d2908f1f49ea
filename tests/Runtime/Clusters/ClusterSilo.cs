using System.Net.Sockets;
using Actors.Membership;
using Actors.Runtime.Cluster;
using Actors.Runtime.Peering;
using Actors.Runtime.Placement;
using Actors.Runtime.Scheduling;
using Actors.Runtime.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Clusters;

/// <summary>A member of a cluster whose node, address and table a test chooses; over loopback sockets, with real time.</summary>
internal sealed class ClusterSilo : IAsyncDisposable
{
    public const string ClusterId = "test";

    public const string Secret = "the secret of the test";

    /// <summary>A machine that stalls for seconds kills nobody; a closed port is still noticed at once.</summary>
    public static readonly ClusterTimings Patient = new() { SuspectAfterMs = 10_000, LoneVoteAfterMs = 20_000 };

    private readonly TestSilo _silo;

    private ClusterSilo(TestSilo silo) => _silo = silo;

    public IGrainFactory Grains => _silo.Grains;

    public Probe Probe => _silo.Probe;

    public CapturedLog Log => _silo.Log;

    public LocalSilo Local => _silo.Local;

    public SiloAddress Address => _silo.Local.Address;

    public ClusterDriver Driver => Service<ClusterDriver>();

    public RemoteCalls Calls => _silo.Local.Remote!;

    public ClusterReading Now => Service<IClusterState>().Now;

    public IClusterMembershipService Membership => Service<IClusterMembershipService>();

    /// <summary>Starts a silo and waits until it is a member.</summary>
    /// <param name="node">Its node.</param>
    /// <param name="port">Its port.</param>
    /// <param name="table">Where members stand.</param>
    /// <param name="clusterId">The cluster that it believes to belong to.</param>
    /// <param name="timings">How patient it is.</param>
    /// <param name="maxControlBytes">The longest control message.</param>
    /// <param name="listen">Where it listens when that is not its address; null where it is.</param>
    /// <param name="configure">What else it has.</param>
    public static async Task<ClusterSilo> StartAsync(
        int node,
        int port,
        ILeasedMembershipTable table,
        string clusterId = ClusterId,
        ClusterTimings? timings = null,
        int maxControlBytes = 4 * 1024 * 1024,
        Socket? listen = null,
        Action<ISiloBuilder>? configure = null) => new(await TestSilo.StartAsync(silo =>
        {
            silo.Configure<EndpointOptions>(endpoint => endpoint.SiloPort = port);
            silo.Configure<PlacementOptions>(placement => placement.NodeId = node);
            silo.Configure<SiloOptions>(options => options.SiloName = $"silo-{node}");
            silo.UseCluster(_ => table, new PeeringOptions { ClusterId = clusterId, Secret = Secret, MaxControlBytes = maxControlBytes, ListenSocket = listen }, timings);
            configure?.Invoke(silo);
        }));

    /// <summary>Starts a silo that is not expected to become a member, and lets its log and state be seen meanwhile.</summary>
    public static (Task<ClusterSilo> Starting, CapturedLog Log, Func<ClusterReading> Now) Begin(
        int node, int port, ILeasedMembershipTable table, string clusterId = ClusterId, ClusterTimings? timings = null)
    {
        var log = new CapturedLog();
        IServiceProvider? services = null;
        Task<ClusterSilo> starting = Task.Run(() => StartAsync(node, port, table, clusterId, timings, configure: silo =>
        {
            silo.Services.AddSingleton<ILoggerProvider>(log);
            silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => new Seen(() => services = provider));
        }));
        return (starting, log, () => Volatile.Read(ref services)?.GetRequiredService<IClusterState>().Now ?? ClusterReading.None);
    }

    public T Service<T>()
        where T : notnull => _silo.Services.GetRequiredService<T>();

    public Activation? ActivationOf(IAddressable grain) => (Activation?)_silo.Context(grain);

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    private sealed class Seen(Action seen) : ILifecycleParticipant<ISiloLifecycle>
    {
        public void Participate(ISiloLifecycle lifecycle) => seen();
    }
}
