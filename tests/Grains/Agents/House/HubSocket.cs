using System.Text;
using Actors.Agents;
using Actors.Grains.Agents;

namespace Actors.Grains.Tests.Agents.House;

/// <summary>A connection without a socket: its session, driven as a gateway drives it, and all that its peer was told on it.</summary>
internal sealed class HubSocket
{
    private readonly Lock _gate = new();
    private readonly HubSockets _sockets;
    private readonly IAgentPeerGrain _grain;
    private readonly PeerSession _session;
    private readonly List<(PeerUpdateKind Kind, Guid Peer, string Node)> _told = [];
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isCut;

    public HubSocket(HubSockets sockets, IAgentPeerGrain grain, IAgentViews views, Guid peer, long epoch)
    {
        (_sockets, _grain, Peer) = (sockets, grain, peer);
        var options = new SessionOptions
        {
            RenewEveryMs = 500,
            RetryMs = 20,
            MaxRetryMs = 500,
        };
        _session = new PeerSession(peer, epoch, views.Local, options, new Random(peer.GetHashCode()));
        sockets.Add(this);
        Driving = Task.Run(DriveAsync);
    }

    public Guid Peer { get; }

    public long Epoch => _session.Epoch;

    /// <summary>Why the hub closed it; null while it has not.</summary>
    public AgentCloseCode? Dropped { get; private set; }

    /// <summary>Ends when the grain has heard of the end, or the silo is dead.</summary>
    public Task Driving { get; }

    public (PeerUpdateKind Kind, Guid Peer, string Node)[] Told
    {
        get
        {
            lock (_gate)
                return [.. _told];
        }
    }

    /// <summary>What it was told last of a peer.</summary>
    public (PeerUpdateKind Kind, string Node)? LastOf(Guid peer) =>
        Told.Where(update => update.Peer == peer && update.Kind != PeerUpdateKind.ReadyForHandshake).Select(update => ((PeerUpdateKind, string)?)(update.Kind, update.Node)).LastOrDefault();

    public void Say(Action<PeerSession> say)
    {
        lock (_gate)
            say(_session);
        Wake();
    }

    public void Announce(string node) => Say(session => session.UpdateNode(Encoding.UTF8.GetBytes(node)));

    /// <summary>The line breaks, or the peer says goodbye.</summary>
    public void Close(bool isGoodbye = false)
    {
        _sockets.Remove(this);
        Say(session => session.End(isGoodbye));
    }

    public bool IsCut => _isCut;

    /// <summary>The silo is gone.</summary>
    public void Cut()
    {
        _isCut = true;
        Wake();
    }

    public void Drop(AgentCloseCode code)
    {
        Dropped = code;
        Close();
    }

    public ShowOutcome Show(PeerShow show)
    {
        lock (_gate)
        {
            var outcome = _session.Show(show);
            while (_session.TryTake(out var update))
                _told.Add((update.Kind, update.Peer, Encoding.UTF8.GetString(update.Node.Span)));
            return outcome;
        }
    }

    private void Wake() => Interlocked.Exchange(ref _news, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    private async Task DriveAsync()
    {
        while (!_isCut)
        {
            SessionReport? report;
            TimeSpan wait;
            var news = Volatile.Read(ref _news).Task;
            lock (_gate)
            {
                if (_session.IsFinished)
                    return;
                report = _session.TakeReport(NowMs);
                wait = TimeSpan.FromMilliseconds(Math.Clamp(_session.NextReportMs - NowMs, 1, 1_000));
            }

            if (report is null)
            {
                await news.WaitAsync(wait).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            SessionReportAnswer? answer = null;
            try
            {
                answer = await _grain.Report(report);
            }
            catch (Exception) when (!_isCut)
            {
                // Not known whether it arrived: it is told again.
            }
            catch (Exception)
            {
                return;
            }

            lock (_gate)
                _session.ReportEnded(report, answer, NowMs);
            if (answer?.Outcome is ReportOutcome.Replaced or ReportOutcome.Restart && report.End == SessionEnd.None)
                Drop(answer.Outcome == ReportOutcome.Replaced ? AgentCloseCode.Replaced : AgentCloseCode.Restart);
        }
    }

    private static long NowMs => (long)TimeProvider.System.GetElapsedTime(0).TotalMilliseconds;
}
