using System.Diagnostics;
using System.Net.WebSockets;
using Actors.Agents;
using Actors.Grains.Agents;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Actors.Gateway.Agents;

/// <summary>
/// One socket of an agent or a client: carries frames, reports and time to its <see cref="PeerSession"/>, which decides, and carries out
/// what it says.
/// </summary>
/// <remarks>
/// <para>One loop reads; it holds no memory while the peer is silent. Whoever has something to write starts the writer unless it runs; that
/// writes one frame at a time, made of what there is at that moment, so a slow peer holds one frame and its session's slots. One report to
/// the grain is under way at a time. All deadlines share one entry of the wheel.</para>
/// <para>One lock guards the session and all fields; it is held for a few steps and never while something is waited for. After its socket the
/// connection lives on until its grain has heard of the end.</para>
/// </remarks>
internal sealed partial class AgentConnection : TimerWheel.Entry, IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private readonly ConnectionServices _services;
    private HttpContext? _context; // null, as the socket is, once it is closed: what waits for the grain needs neither
    private WebSocket? _socket;
    private readonly PeerSession _session;
    private readonly IAgentPeerGrain _grain;
    private AgentCloseCode? _closeCode;
    private string _closeReason = "";
    private bool _isGoodbye;
    private bool _isClosed;

    /// <summary>A socket that is open, of a peer whose grain has given it an epoch.</summary>
    public AgentConnection(HttpContext context, WebSocket socket, PeerPass pass, long epoch, GatewayRun gateway, ConnectionServices services)
    {
        _context = context;
        _socket = socket;
        _services = services;
        Pass = pass;
        _session = new PeerSession(pass.Id, epoch, gateway, services.Sessions, services.Random);
        _grain = services.GrainOf(pass.Id);
        _frames = new Allowance((double)services.Options.MaxFramesPerSecond * FrameBurstSeconds);
        _changes = new Allowance((double)services.Options.MaxChangesPerSecond * ChangeBurstSeconds);
        _heardAtMs = _signAtMs = services.NowMs;
        _pingAtMs = _heardAtMs + services.Random.NextInt64(AgentProtocol.PingIntervalMs) + 1;
    }

    /// <summary>Whose it is.</summary>
    public PeerPass Pass { get; }

    /// <summary>Which connection of that peer it is.</summary>
    public long Epoch => _session.Epoch;

    /// <summary>Serves the peer until its socket is closed.</summary>
    public async Task RunAsync()
    {
        // The dial's span lasts as long as the socket. One that nobody began, and nobody keeps, would only cost each call of a grain a span.
        if (Activity.Current is { ParentId: null, Recorded: false })
            Activity.Current = null;
        Begin();
        try
        {
            await ReadAsync();
        }
        catch (Exception failure) when (IsGone(failure))
        {
            // The peer has gone, or the connection was cut.
        }
        catch (Exception failure)
        {
            AgentsLog.Failed(_services.Logger, Pass.Id, Epoch, failure);
        }
        finally
        {
            End();
        }
    }

    /// <summary>Begins to close the socket; only the first call counts. Any thread.</summary>
    public void Close(AgentCloseCode code, string reason)
    {
        lock (_gate)
            BeginClose(code, reason);
    }

    /// <summary>The silo stops: says so, and closes. Any thread.</summary>
    /// <param name="retryAfterMs">Of which the peer waits a random part before it connects elsewhere.</param>
    public void GoAway(int retryAfterMs)
    {
        lock (_gate)
        {
            Say(new Notice(NoticeKind.GoingAway, Guid.Empty, retryAfterMs));
            BeginClose(AgentCloseCode.GoingAway, "the silo stops");
        }
    }

    /// <summary>Cuts the socket; nothing more is written. Any thread.</summary>
    public void Cut()
    {
        try
        {
            _context?.Abort();
        }
        catch (ObjectDisposedException)
        {
            // Its request has ended meanwhile.
        }
    }

    /// <summary>The grain shows peers. Any thread.</summary>
    public ShowOutcome Show(PeerShow show)
    {
        lock (_gate)
        {
            if (_isClosed)
                return ShowOutcome.NotHeld;
            var outcome = _session.Show(show);
            if (_session.HasUpdates)
                Write();
            return outcome;
        }
    }

    private void Begin()
    {
        _services.Metrics.Opened(Pass.Role);
        AgentsLog.Connected(_services.Logger, Pass.Id, Pass.Role, _context!.Connection.RemoteIpAddress, Epoch);
        if (Pass.Role == PeerRole.Agent)
            _services.Presence.Connected(Pass.Id, Epoch, _services.UtcNowMs);
        SessionReport? report;
        lock (_gate)
        {
            var nowMs = _services.NowMs;
            Say(new Notice(NoticeKind.Welcome, Guid.Empty, 0));
            report = _session.TakeReport(nowMs);
            Arm(nowMs);
        }

        // Whoever finds it finds its welcome written before anything else.
        _services.Sockets.Add(this);
        Send(report);
    }

    /// <summary>The socket is closed, by whichever side: nobody finds it any more, and the grain is told.</summary>
    private void End()
    {
        AgentCloseCode? code;
        string reason;
        SessionReport? report;
        WebSocket socket;
        lock (_gate)
        {
            _isClosed = true;
            (socket, _socket, _context) = (_socket!, null, null);
            (code, reason) = (_closeCode, _closeReason);
            _notices = null;
            _session.End(_isGoodbye);
            _services.Sockets.Remove(this);
            var nowMs = _services.NowMs;
            report = _session.TakeReport(nowMs);
            Arm(nowMs);
        }

        socket.Dispose();
        if (Pass.Role == PeerRole.Agent)
            _services.Presence.Disconnected(Pass.Id, Epoch, _services.UtcNowMs);
        _services.Metrics.Closed(Pass.Role, code);
        AgentsLog.Closed(_services.Logger, Pass.Id, Pass.Role, Epoch, code, reason);
        Send(report);
    }

    /// <summary>What a socket throws when its other end, or this one, has cut it.</summary>
    private static bool IsGone(Exception failure) =>
        failure is WebSocketException or OperationCanceledException or IOException or ConnectionAbortedException or ObjectDisposedException;
}
