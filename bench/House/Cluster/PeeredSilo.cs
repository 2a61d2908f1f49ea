using System.Net;
using Actors.Runtime.Activations;
using Actors.Runtime.Peering;
using Actors.Runtime.Placement;
using Actors.Runtime.Scheduling;
using Actors.Runtime.Serialization;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Actors.Bench.Cluster;

/// <summary>A silo in this process that calls one other. It ends with its process.</summary>
internal sealed class PeeredSilo : IPeerEvents
{
    private readonly IHost _host;
    private readonly IConnectionListener _socket;
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private PeeredSilo(IHost host, IConnectionListener socket)
    {
        _host = host;
        _socket = socket;
    }

    /// <summary>Makes references.</summary>
    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    /// <summary>Where it listens.</summary>
    public SiloAddress Address => _host.Services.GetRequiredService<LocalSilo>().Address;

    /// <summary>Starts it on a free port.</summary>
    public static async Task<PeeredSilo> StartAsync(int node)
    {
        IConnectionListener socket = await PeerListener.BindAsync(new IPEndPoint(IPAddress.Loopback, 0), null, NullLoggerFactory.Instance, CancellationToken.None);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(((IPEndPoint)socket.EndPoint).Port);
            silo.Configure<PlacementOptions>(options => options.NodeId = node);
        });
        IHost host = builder.Build();
        await host.StartAsync();
        return new PeeredSilo(host, socket);
    }

    /// <summary>Connects it with the other; completes when that is done.</summary>
    public Task JoinAsync(int node, SiloAddress other, string secret)
    {
        IServiceProvider services = _host.Services;
        var options = new PeeringOptions { ClusterId = "bench", Secret = secret };
        var log = new PeerLog(NullLogger.Instance, TimeProvider.System);
        var calls = new RemoteCalls(
            services.GetRequiredService<LocalSilo>(),
            services.GetRequiredService<GrainCode>(),
            services.GetRequiredService<WireContext>(),
            new NodeRouter(node, other),
            options,
            openCalls => new PeerHub(
                new PeerIdentity(Address, node), options, this, openCalls, new KestrelDialer(null, NullLogger.Instance), TimeProvider.System, new Random(node), log));
        PeerListener.Start(_socket, calls.Hub, log);
        calls.Hub.Want(other);
        return _connected.Task;
    }

    string? IPeerEvents.Admits(PeerIdentity peer) => null;

    void IPeerEvents.Connected(PeerIdentity peer) => _connected.TrySetResult();

    void IPeerEvents.Lost(PeerIdentity peer, string reason, bool replaced)
    {
    }

    void IPeerEvents.Refused(SiloAddress peer, PeerRefusal refusal)
    {
    }

    void IPeerEvents.Received(PeerIdentity peer, byte[] message)
    {
    }
}
