using System.Net;
using Actors.Runtime.Peering;
using Actors.Runtime.Tests.Support;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Peering;

/// <summary>A hub with its listener on a loopback port, and what its owner has been told.</summary>
internal sealed class PeerNode : IAsyncDisposable
{
    private readonly PeerListener _listener;
    private readonly KestrelDialer _dialer;

    private PeerNode(PeerHub hub, PeerListener listener, KestrelDialer dialer, RecordedEvents events, CapturedLog log)
    {
        Hub = hub;
        _listener = listener;
        _dialer = dialer;
        Events = events;
        Log = log;
    }

    public PeerHub Hub { get; }

    public RecordedEvents Events { get; }

    public CapturedLog Log { get; }

    public SiloAddress Address => Hub.Self.Address;

    public IPEndPoint EndPoint => Address.Endpoint;

    public static PeeringOptions Options { get; } = new()
    {
        ClusterId = "test",
        Secret = "a secret of the tests",
        FirstBackoffMs = 5,
        MaxBackoffMs = 50,
    };

    public static async Task<PeerNode> StartAsync(
        int nodeId, PeeringOptions? options = null, int port = 0, int generation = 1, Func<PeerConnection, ICallStream>? calls = null, Func<IPeerDialer, IPeerDialer>? network = null)
    {
        IConnectionListener socket = await PeerListener.BindAsync(new IPEndPoint(IPAddress.Loopback, port), null, NullLoggerFactory.Instance, CancellationToken.None);
        var log = new CapturedLog();
        var events = new RecordedEvents();
        var dialer = new KestrelDialer((options ?? Options).Tls, NullLogger.Instance);
        var peerLog = new PeerLog(log.CreateLogger("peers"), TimeProvider.System);
        var self = new PeerIdentity(SiloAddress.New((IPEndPoint)socket.EndPoint, generation), nodeId);
        var hub = new PeerHub(
            self, options ?? Options, events, calls ?? (static _ => new NoCalls()), network?.Invoke(dialer) ?? dialer, TimeProvider.System, new Random(nodeId), peerLog);
        return new PeerNode(hub, PeerListener.Start(socket, hub, peerLog), dialer, events, log);
    }

    public async ValueTask DisposeAsync()
    {
        await Guard.Within(Hub.DisposeAsync().AsTask(), $"the hub of {Address} to end");
        await Guard.Within(_listener.DisposeAsync().AsTask(), $"the listener of {Address} to end");
        _dialer.Dispose();
    }
}
