using System.Globalization;
using System.Net.WebSockets;
using Actors.Agents;
using Actors.Grains.Agents;
using Microsoft.AspNetCore.Http;
using Orleans.Runtime;

namespace Actors.Gateway.Agents;

/// <summary>
/// Where agents and clients dial: asks who they are, takes them at a bounded rate and up to a bounded number, has their grain give an epoch,
/// and makes connections of them.
/// </summary>
internal sealed class AgentDoor
{
    private static readonly WebSocketAcceptContext Accepted = new()
    {
        SubProtocol = AgentProtocol.SubProtocol,
        KeepAliveInterval = Timeout.InfiniteTimeSpan, // pings of the protocol are life signs; a timer for each socket would be for nothing
    };

    private readonly ConnectionServices _services;
    private readonly IAgentViews _views;
    private readonly TimeProvider _time;
    private readonly Lock _gateLock = new();
    private readonly AdmissionGate _gate;
    private readonly DialShares _shares;
    private long _untold;
    private long _tellAtMs;
    private volatile DoorState _state;

    public AgentDoor(ConnectionServices services, IAgentViews views, TimeProvider time)
    {
        _services = services;
        _views = views;
        _time = time;
        _shares = new DialShares(services.Options);
        Limit = SocketLimit.Of(services.Options.MaxConnections, SocketLimit.ReadOpenFiles());
        _gate = new AdmissionGate(new AdmissionOptions
        {
            AcceptsPerSecond = services.Options.AcceptsPerSecond,
            Burst = services.Options.AcceptBurst,
            MaxRetryAfterMs = services.Options.MaxRetryAfterMs,
        });
    }

    private enum DoorState
    {
        NotOpen,
        Open,
        Shut,
    }

    /// <summary>How many sockets there is room for.</summary>
    public SocketLimit Limit { get; }

    /// <summary>Lets them in.</summary>
    public void Open() => _state = DoorState.Open;

    /// <summary>Lets nobody in any more; whoever is on the way in is sent away.</summary>
    public void Shut() => _state = DoorState.Shut;

    /// <summary><c>/agents/{id}/connect</c>.</summary>
    public Task AgentAsync(HttpContext context)
    {
        if (!Guid.TryParseExact(context.Request.RouteValues["id"] as string, "D", out var agent) || agent == Guid.Empty)
            return RefuseAsync(context, StatusCodes.Status400BadRequest, "no UUID", "An agent's id is a UUID of the form 8-4-4-4-12, and not all zeros.");
        return TryMeet(context) ?? ServeAsync(context, _services.Access.AdmitAgent(context, agent, out var status, out var reason), status, reason);
    }

    /// <summary><c>/clients/connect</c>.</summary>
    public Task ClientAsync(HttpContext context) =>
        TryMeet(context) ?? ServeAsync(context, _services.Access.AdmitClient(context, out var status, out var reason), status, reason);

    /// <summary>What can be said without knowing who it is; null when there is nothing against it.</summary>
    private Task? TryMeet(HttpContext context)
    {
        if (_state != DoorState.Open)
            return RefuseForNowAsync(context, "not ready", "This silo starts or stops; another one may take the connection.", 1_000);
        if (!context.WebSockets.IsWebSocketRequest)
            return RefuseAsync(context, StatusCodes.Status426UpgradeRequired, "no WebSocket", "This is the address of a WebSocket.");
        if (Caller.IsForeignPage(context))
            return RefuseAsync(context, StatusCodes.Status403Forbidden, "foreign origin", "Pages of other sites may not connect.");
        return context.WebSockets.WebSocketRequestedProtocols.Contains(AgentProtocol.SubProtocol)
            ? null
            : RefuseAsync(
                context,
                StatusCodes.Status400BadRequest,
                "unknown version",
                $"No subprotocol that was offered (Sec-WebSocket-Protocol) is known here. This silo speaks {AgentProtocol.SubProtocol}.");
    }

    private async Task ServeAsync(HttpContext context, PeerPass? pass, int status, string reason)
    {
        if (pass is null)
        {
            if (status == StatusCodes.Status401Unauthorized)
                context.Response.Headers.WWWAuthenticate = "Bearer";
            await RefuseAsync(context, status, status == StatusCodes.Status404NotFound ? "unknown" : "unauthorized", reason);
            return;
        }

        if (_shares.TryEnter(context.Connection.RemoteIpAddress, pass, _services.NowMs, out var retryAfterMs) is { } tooMany)
        {
            await RefuseForNowAsync(context, "too many of one", tooMany, retryAfterMs, StatusCodes.Status429TooManyRequests);
            return;
        }

        var hasPlace = false;
        try
        {
            hasPlace = !await IsRefusedForNowAsync(context);
            if (!hasPlace)
                _shares.GiveBack(context.Connection.RemoteIpAddress, pass);
            else if (await AcceptAsync(context, pass) is { } connection)
                await RunAsync(connection);
        }
        finally
        {
            _shares.Leave(pass);
            if (hasPlace)
                _services.Sockets.GiveBack();
        }
    }

    private Task RunAsync(AgentConnection connection)
    {
        var running = connection.RunAsync();
        if (_state == DoorState.Shut)
            connection.GoAway(_services.Options.MaxRetryAfterMs);
        return running;
    }

    private async ValueTask<bool> IsRefusedForNowAsync(HttpContext context)
    {
        int retryAfterMs;
        lock (_gateLock)
            retryAfterMs = _gate.TryEnter(_services.NowMs);
        if (retryAfterMs > 0)
        {
            await RefuseForNowAsync(context, "too many at once", "More connect than are taken in a second. Wait a random part of Retry-After.", retryAfterMs);
            return true;
        }

        if (_services.Sockets.Unfinished >= 2L * Limit.Allowed)
        {
            await RefuseForNowAsync(
                context, "too many ends", "Connections that ended wait for their grains to hear of it, and no more may: is the store away?", _services.Options.MaxRetryAfterMs);
            return true;
        }

        if (_services.Sockets.TryTake(Limit.Allowed))
            return false;
        TellFull();
        await RefuseForNowAsync(
            context, "full", $"This silo has as many connections as it may have: {Limit.Allowed}.", _services.Options.MaxRetryAfterMs);
        return true;
    }

    private async Task<AgentConnection?> AcceptAsync(HttpContext context, PeerPass pass)
    {
        var (answer, refusal) = await EpochAsync(context, pass.Id);
        if (answer is not { } epoch)
        {
            _shares.GiveBack(context.Connection.RemoteIpAddress, pass);
            await RefuseForNowAsync(context, "no answer", refusal, 2_000);
            return null;
        }

        var socket = await context.WebSockets.AcceptWebSocketAsync(Accepted);
        if (epoch != 0)
            return new AgentConnection(context, socket, pass, epoch, _views.Local, _services);
        using (socket)
            await socket.CloseOutputAsync((WebSocketCloseStatus)AgentCloseCode.Replaced, "a newer connection of this peer is there", CancellationToken.None);
        return null;
    }

    /// <returns>The epoch; 0 when a later connection is there; null, and a sentence, when nobody gives one in time.</returns>
    private async Task<(long? Epoch, string Refusal)> EpochAsync(HttpContext context, Guid peer)
    {
        var acceptedAtMs = _services.NowMs;
        while (true)
        {
            try
            {
                return (await _services.GrainOf(peer).Connect(_services.NowMs - acceptedAtMs), "");
            }
            catch (OrleansException unknown) when (unknown.GetType() == typeof(OrleansException))
            {
                // A silo of a build without the hub has the grain's place, and asking it again is of no use.
                AgentsLog.NoEpoch(_services.Logger, peer, unknown);
                return (null, $"The silo that has this peer's place does not take it: {unknown.Message} It may be of an older build, which is being replaced.");
            }
            catch (Exception failure)
            {
                // Whatever it was: an epoch that nobody got does no harm.
                AgentsLog.NoEpoch(_services.Logger, peer, failure);
            }

            var pauseMs = 50 + _services.Random.NextInt64(200);
            if (_services.NowMs + pauseMs >= acceptedAtMs + _services.Options.ConnectTimeoutMs)
                return (null, "The grain of this peer does not answer.");
            await Task.Delay(TimeSpan.FromMilliseconds(pauseMs), _time, context.RequestAborted);
        }
    }

    private void TellFull()
    {
        lock (_gateLock)
        {
            var nowMs = _services.NowMs;
            if (nowMs < _tellAtMs)
            {
                _untold++;
                return;
            }

            AgentsLog.Full(_services.Logger, Limit.Allowed, SocketLimit.FilesFor(2 * Limit.Allowed), Limit.OpenFiles, _untold);
            (_untold, _tellAtMs) = (0, nowMs + 10_000);
        }
    }

    private Task RefuseForNowAsync(HttpContext context, string what, string reason, int retryAfterMs, int status = StatusCodes.Status503ServiceUnavailable)
    {
        context.Response.Headers.RetryAfter = ((retryAfterMs + 999) / 1_000).ToString(CultureInfo.InvariantCulture);
        return RefuseAsync(context, status, what, reason);
    }

    private Task RefuseAsync(HttpContext context, int status, string what, string reason)
    {
        _services.Metrics.Refused(what);
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new RefusalAnswer(what, [reason]), AgentsApiJson.Default.RefusalAnswer);
    }
}
