using Actors.Agents;
using Actors.Grains.Agents;

namespace Actors.Gateway.Agents;

/// <summary>What is due when. Milliseconds of a clock that never goes back.</summary>
internal sealed partial class AgentConnection
{
    private const long Never = long.MaxValue;

    private long _armedForMs = Never;
    private long _heardAtMs;
    private long _signAtMs;
    private long _pingAtMs;
    private long _resumeAtMs = Never;
    private long _frameByMs = Never;
    private long _writeByMs = Never;
    private long _closeByMs = Never;

    /// <summary>The cluster has changed: some time soon the session asks whether its grain is still the same. Any thread.</summary>
    public void RenewSoon() => RenewSoon(_services.Options.RenewWithinMs);

    /// <summary>The session asks within this time whether its grain is still the same. Any thread.</summary>
    public void RenewSoon(long withinMs)
    {
        lock (_gate)
        {
            var nowMs = _services.NowMs;
            _session.RenewSoon(nowMs, withinMs);
            Arm(nowMs);
        }
    }

    /// <summary>Something is due, or was when this was arranged.</summary>
    protected internal override void OnDue()
    {
        SessionReport? report;
        var mustCut = false;
        lock (_gate)
        {
            _armedForMs = Never;
            var nowMs = _services.NowMs;
            if (!_isClosed)
                mustCut = LookAtSocket(nowMs);
            report = _session.TakeReport(nowMs);
            Arm(nowMs);
        }

        if (mustCut)
            Cut();
        Send(report);
    }

    /// <returns>Whether the other end has had its time.</returns>
    private bool LookAtSocket(long nowMs)
    {
        if (nowMs >= _closeByMs || nowMs >= _writeByMs)
        {
            _closeCode ??= AgentCloseCode.Silent;
            _closeByMs = _writeByMs = Never;
            return true;
        }

        if (_closeCode is not null)
            return false;
        if (nowMs >= _heardAtMs + AgentProtocol.DeadAfterMs)
            BeginClose(AgentCloseCode.Silent, "nothing came for too long");
        else if (nowMs >= _frameByMs)
            BeginClose(AgentCloseCode.Silent, "a frame did not arrive in time");
        else if (nowMs >= _pingAtMs)
            Ping(nowMs);
        if (nowMs >= _resumeAtMs)
        {
            _resumeAtMs = Never;
            Say(new Notice(NoticeKind.Resume, Guid.Empty, 0));
        }

        return false;
    }

    private void Ping(long nowMs)
    {
        _pingAtMs = Math.Max(_pingAtMs + AgentProtocol.PingIntervalMs, nowMs + 1);
        if (!_services.Access.Holds(Pass))
        {
            BeginClose(AgentCloseCode.Unauthorized, "the token has run out or was revoked");
            return;
        }

        _isPingDue = true;
        Write();
    }

    /// <summary>Under the lock: a frame came. Of an agent that is worth a heartbeat, but not each of many.</summary>
    private void ShowLife(long nowMs)
    {
        if (Pass.Role != PeerRole.Agent || nowMs < _signAtMs + (AgentProtocol.PingIntervalMs / 2))
            return;
        _signAtMs = nowMs;
        _services.Presence.Alive(Pass.Id, Epoch, _services.UtcNowMs);
    }

    /// <summary>Under the lock: sees to it that what is due next is looked at in time.</summary>
    private void Arm(long nowMs)
    {
        var dueMs = _session.NextReportMs;
        if (!_isClosed)
        {
            dueMs = Math.Min(dueMs, Math.Min(_closeByMs, _writeByMs));
            if (_closeCode is null)
                dueMs = Math.Min(Math.Min(dueMs, _resumeAtMs), Math.Min(Math.Min(_heardAtMs + AgentProtocol.DeadAfterMs, _frameByMs), _pingAtMs));
        }

        if (dueMs >= _armedForMs)
            return;
        _armedForMs = dueMs;
        _services.Wheel.Schedule(this, Math.Max(dueMs, nowMs) - nowMs);
    }
}
