using System.Net;
using Actors.Runtime.Activations;
using Actors.Runtime.Peering;
using Actors.Runtime.Scheduling;
using Actors.Runtime.Serialization;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Actors.Runtime.Cluster;

/// <summary>The cluster's part in the silo's life: listens and joins before grains are called, hands over and leaves before it ends.</summary>
internal sealed class ClusterStages(
    LocalSilo silo,
    ClusterDriver driver,
    GrainCode code,
    WireContext wire,
    PeeringOptions peering,
    IOptions<EndpointOptions> endpoint,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILoggerFactory loggers)
    : ILifecycleParticipant<ISiloLifecycle>, IAsyncDisposable
{
    /// <summary>For so long a silo that stops waits for its grains to end and for the table to be told.</summary>
    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromSeconds(10);

    private KestrelDialer? _dialer;
    private RemoteCalls? _calls;
    private PeerListener? _listener;

    public void Participate(ISiloLifecycle lifecycle)
    {
        lifecycle.Subscribe<ClusterStages>(ServiceLifecycleStage.RuntimeGrainServices, JoinAsync, static _ => Task.CompletedTask);
        lifecycle.Subscribe<ClusterStages>(ServiceLifecycleStage.BecomeActive, static _ => Task.CompletedTask, LeaveAsync);
        lifecycle.Subscribe<ClusterStages>(ServiceLifecycleStage.GrainDirectoryShutdown, static _ => Task.CompletedTask, EndAsync);
    }

    /// <summary>Ends all connections. Whoever stops listening runs no more turns: others take that for its death.</summary>
    public async ValueTask DisposeAsync()
    {
        await driver.DisposeAsync();
        if (_calls is not null)
        {
            await _calls.Hub.DisposeAsync();
        }

        if (_listener is not null)
        {
            await _listener.DisposeAsync();
        }

        _dialer?.Dispose();
        _calls = null;
        _listener = null;
        _dialer = null;
    }

    private async Task JoinAsync(CancellationToken token)
    {
        var address = new IPEndPoint(endpoint.Value.AdvertisedIPAddress, endpoint.Value.SiloPort);
        IConnectionListener socket;
        try
        {
            socket = await PeerListener.BindAsync(address, peering.ListenSocket, loggers, token);
        }
        catch (IOException inUse)
        {
            throw new OrleansConfigurationException($"Peers cannot be listened for on {address}, which is in use or not of this machine: {inUse.Message} Choose another Peering:Host or Peering:Port.", inUse);
        }

        ILogger logger = loggers.CreateLogger("Orleans.Runtime.Peers");
        var log = new PeerLog(logger, time);
        KestrelDialer dialer = _dialer = new KestrelDialer(peering.Tls, logger);
        _calls = new RemoteCalls(
            silo,
            code,
            wire,
            new ClusterRouter(driver),
            peering,
            openCalls => new PeerHub(new PeerIdentity(silo.Address, silo.NodeId), peering, driver, openCalls, dialer, time, new Random(HashCode.Combine(silo.Address, silo.NodeId)), log));
        _listener = PeerListener.Start(socket, _calls.Hub, log);
        await driver.JoinAsync(_calls, token);
        _ = StopWhenExpelledAsync();
    }

    private async Task StopWhenExpelledAsync()
    {
        if (await driver.Out is { LeftByItself: false })
        {
            lifetime.StopApplication();
        }
    }

    private Task LeaveAsync(CancellationToken token) => BoundedAsync(driver.LeaveAsync, token);

    private async Task EndAsync(CancellationToken token)
    {
        await BoundedAsync(driver.LeftAsync, token);
        await DisposeAsync();
    }

    private async Task BoundedAsync(Func<CancellationToken, Task> work, CancellationToken token)
    {
        if (_calls is null || token.IsCancellationRequested || driver.Out is { IsCompletedSuccessfully: true, Result.LeftByItself: false })
        {
            return;
        }

        using var bound = new CancellationTokenSource(driver.IsTableAway ? ClusterDriver.AwayTimeout : LeaveTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(token, bound.Token);
        try
        {
            await work(both.Token);
        }
        catch (OperationCanceledException) when (both.IsCancellationRequested)
        {
            // Its peers find its port closed, and declare it dead.
        }
    }
}
