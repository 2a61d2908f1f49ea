using System.Net;
using Actors.Placement;
using Actors.Runtime.Activations;
using Actors.Runtime.Peering;
using Actors.Runtime.Placement;
using Actors.Runtime.Serialization;
using Actors.Runtime.Tests.Support;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Peering;

/// <summary>A silo that talks with others over loopback sockets, with a view that the test sets.</summary>
internal sealed class PeerSilo : IAsyncDisposable
{
    private readonly TestSilo _silo;
    private readonly PeerListener _listener;
    private readonly KestrelDialer _dialer;

    private PeerSilo(TestSilo silo, StaticRouter router, RecordedEvents events, RemoteCalls calls, PeerListener listener, KestrelDialer dialer)
    {
        _silo = silo;
        Router = router;
        Events = events;
        Calls = calls;
        _listener = listener;
        _dialer = dialer;
    }

    public StaticRouter Router { get; }

    public RecordedEvents Events { get; }

    public RemoteCalls Calls { get; }

    public PeerIdentity Identity => Calls.Hub.Self;

    public SiloAddress Address => Identity.Address;

    public IGrainFactory Grains => _silo.Grains;

    public Probe Probe => _silo.Probe;

    public TestSilo Silo => _silo;

    public VirtualTime Time => _silo.Time;

    public static async Task<PeerSilo> StartAsync(int nodeId, PeeringOptions? options = null, Action<ISiloBuilder>? configure = null, bool virtualTime = false, Func<IPeerDialer, IPeerDialer>? network = null)
    {
        IConnectionListener socket = await PeerListener.BindAsync(new IPEndPoint(IPAddress.Loopback, 0), null, NullLoggerFactory.Instance, CancellationToken.None);
        var endpoint = (IPEndPoint)socket.EndPoint;
        TestSilo silo = await TestSilo.StartAsync(
            builder =>
            {
                builder.Configure<EndpointOptions>(one => one.SiloPort = endpoint.Port);
                builder.Configure<PlacementOptions>(one => one.NodeId = nodeId);
                configure?.Invoke(builder);
            },
            virtualTime);
        options ??= PeerNode.Options;
        var dialer = new KestrelDialer(options.Tls, NullLogger.Instance);
        var log = new PeerLog(silo.Log.CreateLogger("peers"), TimeProvider.System);
        var events = new RecordedEvents();
        var router = new StaticRouter(silo.Local.Address);
        var calls = new RemoteCalls(
            silo.Local,
            silo.Services.GetRequiredService<GrainCode>(),
            silo.Services.GetRequiredService<WireContext>(),
            router,
            options,
            openCalls => new PeerHub(
                new PeerIdentity(silo.Local.Address, nodeId), options, events, openCalls, network?.Invoke(dialer) ?? dialer, TimeProvider.System, new Random(nodeId), log));
        return new PeerSilo(silo, router, events, calls, PeerListener.Start(socket, calls.Hub, log), dialer);
    }

    /// <summary>Gives silos a common view and connects them.</summary>
    public static async Task JoinAsync(params PeerSilo[] silos)
    {
        SetView(1, silos, silos);
        foreach (PeerSilo silo in silos)
        {
            foreach (PeerSilo other in silos.Where(other => other != silo))
            {
                silo.Calls.Hub.Want(other.Address);
            }
        }

        foreach (PeerSilo silo in silos)
        {
            foreach (PeerSilo other in silos.Where(other => other != silo))
            {
                await silo.Events.Told.Seen($"connected {other.Identity.NodeId}");
            }
        }
    }

    /// <summary>Gives silos a view with these members.</summary>
    public static void SetView(long view, IEnumerable<PeerSilo> silos, IReadOnlyList<PeerSilo> members, bool isSettled = true)
    {
        foreach (PeerSilo silo in silos)
        {
            silo.Router.Set(view, members.Select(static member => member.Identity), isSettled);
            silo.Calls.RoutesChanged();
        }
    }

    /// <summary>A key whose grain of a type lives on this silo's node, among the given silos.</summary>
    public string KeyHere(string grainType, params PeerSilo[] among)
    {
        int[] nodes = [.. among.Select(static silo => silo.Identity.NodeId)];
        return Enumerable.Range(0, 1_000).Select(static number => $"key-{number}")
            .First(key => RendezvousHash.Choose(GrainId.Create(grainType, key), nodes) == Identity.NodeId);
    }

    public async ValueTask DisposeAsync()
    {
        Probe.OpenAll();
        await Guard.Within(Calls.Hub.DisposeAsync().AsTask(), $"the hub of {Address} to end");
        await Guard.Within(_listener.DisposeAsync().AsTask(), $"the listener of {Address} to end");
        _dialer.Dispose();
        await _silo.DisposeAsync();
    }
}
