using Actors.Grains.Agents;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Actors.Gateway.Agents;

/// <summary>
/// Start and stop of the front end for agents. A stop lets nobody in any more, tells every peer to go elsewhere, and waits for a bounded time
/// until sockets are closed and grains have heard of it.
/// </summary>
internal sealed class AgentsFrontEnd(
    AgentDoor door, ConnectionServices services, IAgentViews views, TimeProvider time, ILogger<AgentsFrontEnd> logger) : IHostedService
{
    private long _viewNumber;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var limit = door.Limit;
        if (limit.Allowed < services.Options.MaxConnections)
            AgentsLog.FilesTooFew(logger, services.Options.MaxConnections, SocketLimit.FilesFor(services.Options.MaxConnections), limit.OpenFiles, limit.Allowed);
        else
            AgentsLog.Allows(logger, limit.Allowed, limit.OpenFiles);
        services.Access.TellOnce();
        _viewNumber = views.Current.Number;
        views.Changed += LookAtView;
        door.Open();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        door.Shut();
        views.Changed -= LookAtView;
        var open = services.Sockets.Open.ToList();
        var retryAfterMs = (int)Math.Clamp(2_000L * open.Count / services.Options.AcceptsPerSecond, 1_000, services.Options.MaxRetryAfterMs);
        foreach (var connection in open)
            connection.GoAway(retryAfterMs);
        try
        {
            await services.Sockets.WhenEmptyAsync().WaitAsync(TimeSpan.FromMilliseconds(services.Options.StopTimeoutMs), time, cancellationToken);
        }
        catch (Exception late) when (late is TimeoutException or OperationCanceledException)
        {
            AgentsLog.StopTimedOut(logger, services.Sockets.Open.Count(), services.Sockets.Unfinished, services.Options.StopTimeoutMs);
            foreach (var connection in services.Sockets.Open)
                connection.Cut();
        }
    }

    /// <summary>Silos have come or gone, and grains with them: connections ask soon whether theirs is still the same.</summary>
    private void LookAtView()
    {
        var number = views.Current.Number;
        if (Interlocked.Exchange(ref _viewNumber, number) == number)
            return;
        ThreadPool.UnsafeQueueUserWorkItem(
            static sockets =>
            {
                foreach (var connection in sockets.Open)
                    connection.RenewSoon();
            },
            services.Sockets,
            preferLocal: false);
    }
}
