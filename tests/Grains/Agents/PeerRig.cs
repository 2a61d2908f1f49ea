using System.Text;
using Actors.Agents;
using Actors.Grains.Agents;

namespace Actors.Grains.Tests.Agents;

/// <summary>
/// Peers' machines and sessions without silos. Calls wait until the test delivers, loses or answers them; the store is a
/// dictionary.
/// </summary>
internal sealed class PeerRig
{
    private readonly Dictionary<Guid, PeerRow> _rows = [];
    private readonly Dictionary<(Guid, Guid), TunnelRow> _tunnels = [];
    private readonly Random _random = new(7);

    public PeerOptions Options { get; init; } = new();

    public SessionOptions SessionOptions { get; init; } = new();

    /// <summary>What is written meets a store that is away.</summary>
    public bool IsStoreAway { get; set; }

    /// <summary>Tunnels that were not taken.</summary>
    public List<(Guid From, Guid To)> Refusals { get; } = [];

    /// <summary>Pushes that were performed.</summary>
    public int Pushes { get; private set; }

    public GatewayRun Gateway { get; } = new(1, 1, 1);

    public AgentView View { get; set; } = new(1, new HashSet<(int, int)> { (1, 1), (2, 1) });

    public Dictionary<Guid, PeerMachine> Grains { get; } = [];

    public Dictionary<Guid, PeerSession> Sessions { get; } = [];

    /// <summary>Connections that have ended, while their grains do not have it stored.</summary>
    public List<PeerSession> Ending { get; } = [];

    /// <summary>Effects that nobody has performed yet, and by whom they are.</summary>
    public List<(Guid Of, PeerEffect Effect)> Waiting { get; } = [];

    public long NowMs { get; set; } = 1_000;

    /// <summary>What the clocks of the silos are ahead of <see cref="NowMs"/>.</summary>
    public long UtcAheadMs { get; set; } = 1_700_000_000_000;

    public PeerNow Now => new(NowMs, UtcAheadMs + NowMs);

    public static Guid Id(int number) => new(number, 0, 0x4000, [0x80, 0, 0, 0, 0, 0, 0, 1]);

    public static byte[] Node(string text) => Encoding.UTF8.GetBytes(text);

    public PeerMachine Grain(Guid id, bool readsRows = true)
    {
        if (Grains.TryGetValue(id, out var grain))
            return grain;
        Grains.Add(id, grain = new PeerMachine(id, Options, View, _random));
        if (readsRows)
            ReadRows(id);
        return grain;
    }

    public void ReadRows(Guid id)
    {
        Grains[id].ReadEnded(RowsOf(id), Now);
        Gather(id);
    }

    /// <summary>What the store has of a peer.</summary>
    public PeerRows RowsOf(Guid id) => new(
        id,
        _rows.GetValueOrDefault(id),
        [.. _tunnels.Values.Where(row => row.Source == id)],
        [.. _tunnels.Values.Where(row => row.Destination == id)]);

    /// <summary>The activation is gone, and what it wanted done with it.</summary>
    public void Forget(Guid id)
    {
        Grains.Remove(id);
        Waiting.RemoveAll(waiting => waiting.Of == id);
    }

    public PeerSession Connect(Guid id, GatewayRun? gateway = null)
    {
        var epoch = Do(id, grain => grain.Connect(waitedMs: 0, Now));
        Sessions[id] = new PeerSession(id, epoch, gateway ?? Gateway, SessionOptions, _random);
        return Sessions[id];
    }

    public void Close(Guid id, bool isGoodbye)
    {
        Sessions.Remove(id, out var session);
        session!.End(isGoodbye);
        Ending.Add(session);
        ReportEnd(session);
    }

    /// <summary>The session says what it has to say.</summary>
    public SessionReportAnswer? Report(Guid id)
    {
        if (!Sessions.TryGetValue(id, out var session) || session.TakeReport(NowMs) is not { } report)
            return null;
        var answer = Do(id, grain => grain.Report(report, Now));
        session.ReportEnded(report, answer, NowMs);
        return answer;
    }

    private void ReportEnd(PeerSession session)
    {
        if (session.TakeReport(NowMs) is { } report)
            session.ReportEnded(report, Do(session.Id, grain => grain.Report(report, Now)), NowMs);
        if (session.IsFinished)
            Ending.Remove(session);
    }

    /// <summary>Performs one effect that waits.</summary>
    public void Perform(int index, bool isLost = false, bool isAnswerLost = false)
    {
        var (of, effect) = Waiting[index];
        Waiting.RemoveAt(index);
        switch (effect)
        {
            case PeerEffect.Push push:
                Pushes++;
                var answer = isLost ? null : Do(push.To, grain => grain.Receive(push.State, Now));
                Tell(of, grain => grain.PushEnded(push, isAnswerLost ? null : answer, Now));
                break;
            case PeerEffect.Show show:
                ShowOutcome? outcome = isLost ? null : Sessions.TryGetValue(of, out var session) ? session.Show(show.Shown) : ShowOutcome.NotHeld;
                Tell(of, grain => grain.ShowEnded(show.Shown, isAnswerLost ? null : outcome, Now));
                break;
            case PeerEffect.Drop drop:
                if (Sessions.TryGetValue(of, out var dropped) && dropped.Epoch == drop.Epoch)
                    Sessions.Remove(of);
                break;
            case PeerEffect.Ask ask:
                var isHeld = Sessions.TryGetValue(ask.Peer, out var held) && held.Epoch == ask.Epoch;
                if (isHeld)
                    held!.RenewSoon(NowMs, 0);
                Tell(of, grain => grain.GatewayAnswered(ask.Peer, ask.Epoch, isHeld, Now));
                break;
            case PeerEffect.Refused refused:
                Refusals.Add((refused.From, of));
                break;
            case PeerEffect.Read:
                var rows = isLost || isAnswerLost ? null : RowsOf(of);
                Tell(of, grain => grain.ReadEnded(rows, Now));
                break;
            case PeerEffect.Write write:
                isLost |= IsStoreAway;
                if (!isLost)
                    Store(write);
                Tell(of, grain => grain.WriteEnded(write, !isLost && !isAnswerLost, Now));
                break;
        }
    }

    /// <summary>Lets everything happen that is due, for a while.</summary>
    public void Settle(long forMs = 0)
    {
        var endMs = NowMs + forMs;
        for (var ticks = 0; ; ticks++)
        {
            Assert.InRange(ticks, 0, 20_000);
            for (var rounds = 0; rounds < 10_000; rounds++)
            {
                foreach (var id in Sessions.Keys.ToArray())
                {
                    if (Report(id) is { Outcome: ReportOutcome.Replaced or ReportOutcome.Restart })
                        Sessions.Remove(id);
                }

                foreach (var session in Ending.ToArray())
                    ReportEnd(session);
                if (Waiting.Count == 0)
                    break;
                Perform(0);
            }

            Assert.Empty(Waiting);
            var nextMs = Math.Min(
                Grains.Values.Min(grain => grain.NextTickMs), Sessions.Values.Concat(Ending).Select(session => session.NextReportMs).DefaultIfEmpty(PeerMachine.Never).Min());
            if (nextMs > endMs)
                break;
            NowMs = Math.Max(NowMs, nextMs);
            Tick();
        }

        NowMs = endMs;
    }

    public void Tick()
    {
        foreach (var id in Grains.Keys.ToArray())
            Tell(id, grain => grain.Tick(Now));
    }

    public void ChangeView(AgentView view)
    {
        View = view;
        foreach (var id in Grains.Keys.ToArray())
            Tell(id, grain => grain.ViewChanged(view, Now));
    }

    /// <summary>What a socket would be told now.</summary>
    public List<(PeerUpdateKind Kind, Guid Peer, string Node)> Told(Guid id)
    {
        var told = new List<(PeerUpdateKind, Guid, string)>();
        while (Sessions[id].TryTake(out var update))
            told.Add((update.Kind, update.Peer, Encoding.UTF8.GetString(update.Node.Span)));
        return told;
    }

    public void Tell(Guid id, Action<PeerMachine> command)
    {
        if (!Grains.TryGetValue(id, out var grain))
            return;
        command(grain);
        Gather(id);
    }

    public IEnumerable<Guid> StoredTunnelsTo(Guid destination) =>
        _tunnels.Values.Where(row => row.Destination == destination && row.State.IsOpen).Select(row => row.Source);

    public PeerRow? RowOf(Guid id) => _rows.GetValueOrDefault(id);

    private T Do<T>(Guid id, Func<PeerMachine, T> command)
    {
        var answer = command(Grain(id));
        Gather(id);
        return answer;
    }

    private void Gather(Guid id) => Waiting.AddRange(Grains[id].TakeEffects().Select(effect => (id, effect)));

    private void Store(PeerEffect.Write write)
    {
        if (write.Row is { } row && (!_rows.TryGetValue(row.Peer, out var before) || row.Version > before.Version))
            _rows[row.Peer] = row;
        foreach (var tunnel in write.Tunnels)
        {
            if (!_tunnels.TryGetValue((tunnel.Source, tunnel.Destination), out var old) || tunnel.State.Version > old.State.Version)
                _tunnels[(tunnel.Source, tunnel.Destination)] = tunnel;
        }
    }
}
