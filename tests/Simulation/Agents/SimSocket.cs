using Actors.Grains.Agents;

namespace Actors.Simulation.Tests.Agents;

/// <summary>One WebSocket: the silo's end with its session, and the line to the user.</summary>
internal sealed class SimSocket(AgentWorld world, SimAgentSilo silo, SimUser user, double readEveryMs)
{
    private PeerSession? _session;
    private double _armedForMs = double.MaxValue;
    private readonly double _acceptedAtMs = world.Time.NowMs;
    private double _lineFreeAtMs;
    private bool _isPumping;

    public SimUser User => user;

    public SimAgentSilo Silo => silo;

    public long Epoch => _session?.Epoch ?? 0;

    public PeerSession? Session => _session;

    /// <summary>Whether the silo's end is over: closed, or dead with its silo.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Whether nothing arrives at the user any more, though the silo may not know yet.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Milliseconds between two frames that the user takes.</summary>
    public double ReadEveryMs { get; set; } = readEveryMs;

    /// <summary>Milliseconds that the user takes, at the most, for what waits for it: one update of each peer that it may have a tunnel with.</summary>
    public double LongestReadMs { get; } = readEveryMs * (user.IsAgent ? world.Clients : world.Agents).Count;

    public void Connect() => silo.Call(user.Id, grain => (object)grain.Do((machine, now) => machine.Connect((long)(world.Time.NowMs - _acceptedAtMs), now)), answer =>
    {
        if (IsClosed)
            return;
        if (answer is not long epoch)
        {
            Connect();
            return;
        }

        if (epoch == 0)
        {
            Close(isGoodbye: false);
            return;
        }

        _session = NewSession(epoch);
        if (!IsCut)
            user.Welcome(this);
        Drive();
    });

    /// <summary>Something that the user sent arrives.</summary>
    public void Do(Action<PeerSession> say)
    {
        if (IsClosed || _session is null)
            return;
        say(_session);
        Drive();
    }

    public ShowOutcome Show(PeerShow show)
    {
        if (_session is null)
            return ShowOutcome.Stale;
        var outcome = _session.Show(show);
        Pump();
        return outcome;
    }

    /// <summary>The silo closes its end, and tells the grain.</summary>
    public void Close(bool isGoodbye)
    {
        if (IsClosed)
            return;
        IsClosed = true;
        user.Ended(this);
        silo.Forget(this);
        _session?.End(isGoodbye);
        Drive();
        Cut();
    }

    /// <summary>The line is cut; the silo does not know yet.</summary>
    public void Cut()
    {
        if (silo.IsDead)
        {
            IsClosed = true;
            user.Ended(this);
        }

        if (IsCut)
            return;
        IsCut = true;
        user.Cut(this);
    }

    private void Drive()
    {
        if (silo.IsDead || _session is null)
            return;
        if (_session.TakeReport((long)world.Time.NowMs) is { } report)
        {
            silo.Call(user.Id, grain => grain.Do((machine, now) => machine.Report(report, now)), answer =>
            {
                world.Note($"{user} reported {report.Attachment}, whole: {report.IsWhole}, end: {report.End}: {answer?.Outcome}");
                _session.ReportEnded(report, answer, (long)world.Time.NowMs);
                if (answer?.Outcome is ReportOutcome.Replaced or ReportOutcome.Restart)
                    Close(isGoodbye: false);
                Drive();
            });
        }

        var nextMs = Math.Max(_session.NextReportMs, world.Time.NowMs);
        if (nextMs >= _armedForMs || _session.NextReportMs == PeerMachine.Never)
            return;
        _armedForMs = nextMs;
        world.Time.After(nextMs - world.Time.NowMs + 1, () =>
        {
            if (_armedForMs < nextMs)
                return;
            _armedForMs = double.MaxValue;
            Drive();
        });
    }

    private PeerSession NewSession(long epoch) =>
        new(user.Id, epoch, silo.Gateway, world.SessionOptions, new Random(world.Chance.Below(int.MaxValue)));

    /// <summary>Writes while the user takes it; one frame at a time.</summary>
    private void Pump()
    {
        if (_isPumping || IsClosed || !_session!.HasUpdates)
            return;
        _isPumping = true;
        world.Time.After(ReadEveryMs, () =>
        {
            _isPumping = false;
            if (IsClosed || !_session.TryTake(out var update))
                return;
            _lineFreeAtMs = Math.Max(_lineFreeAtMs, world.Time.NowMs + world.Chance.Between(0.1, 3));
            world.Time.After(_lineFreeAtMs - world.Time.NowMs, () =>
            {
                if (!IsCut)
                    user.Hear(this, update);
            });
            Pump();
        });
    }
}
