using Actors.Agents;
using Actors.Grains.Agents;

namespace Actors.Gateway.Agents;

/// <summary>What the peer's grain is told.</summary>
internal sealed partial class AgentConnection
{
    /// <summary>Not under the lock: sends a report that the session has given out, if it has.</summary>
    private void Send(SessionReport? report)
    {
        if (report is not null)
            _ = SendAsync(report);
    }

    private async Task SendAsync(SessionReport report)
    {
        for (SessionReport? next = report; next is not null;)
        {
            SessionReportAnswer? answer = null;
            try
            {
                answer = await _grain.Report(next);
            }
            catch (Exception failure)
            {
                // Whatever it was, whether the grain has the report is not known: the session sends it again.
                AgentsLog.ReportFailed(_services.Logger, Pass.Id, failure);
            }

            next = Sent(next, answer);
        }
    }

    /// <returns>The next report, if there is already one.</returns>
    private SessionReport? Sent(SessionReport report, SessionReportAnswer? answer)
    {
        lock (_gate)
        {
            var nowMs = _services.NowMs;
            _session.ReportEnded(report, answer, nowMs);
            if (answer?.Outcome == ReportOutcome.Replaced)
                BeginClose(AgentCloseCode.Replaced, "a newer connection of this peer is there");
            else if (answer?.Outcome == ReportOutcome.Restart)
                BeginClose(AgentCloseCode.Restart, "connect again");
            foreach (var peer in answer?.NotShared ?? [])
                Say(new Notice(NoticeKind.NotShared, peer, 0));
            foreach (var peer in answer?.TooMany ?? [])
                Say(new Notice(NoticeKind.TooManyTunnels, peer, 0));
            if (_session.IsFinished)
            {
                _services.Wheel.Cancel(this);
                _services.Sockets.Finished();
                return null;
            }

            var next = _session.TakeReport(nowMs);
            Arm(nowMs);
            return next;
        }
    }
}
