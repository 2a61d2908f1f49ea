namespace Actors.Grains.Agents;

/// <summary>What the machine wants done: each a call whose end is a turn of its own.</summary>
public sealed partial class AgentPeerGrain
{
    /// <summary>The end of a wait is another turn than its beginning, also where it is over at once.</summary>
    private const ConfigureAwaitOptions Later = ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.ForceYielding;

    /// <summary>Ways that are kept whatever becomes of neighbours.</summary>
    private const int FewWays = 4;

    private PeerMap<PeerWay> _ways;

    private Task PerformAsync(PeerEffect effect) => effect switch
    {
        PeerEffect.Push push => PushAsync(push),
        PeerEffect.Show show => ShowAsync(show),
        PeerEffect.Drop drop => DropAsync(drop),
        PeerEffect.Ask ask => AskAsync(ask),
        PeerEffect.Write write => WriteAsync(write),
        PeerEffect.Read => ReadAsync(),
        PeerEffect.Refused refused => Refuse(refused),
        _ => throw new ArgumentOutOfRangeException(nameof(effect), effect, "An effect that no peer has."),
    };

    private async Task PushAsync(PeerEffect.Push push)
    {
        PeerPush? answer = null;
        try
        {
            answer = await WayTo(push.To).Push(push.State);
        }
        catch (Exception failure)
        {
            AgentPeerLog.NotPushed(peers.Logger, failure, _machine.Id, push.To);
        }

        peers.Metrics.Pushed(answer is not null);
        Proceed((push, answer), static (machine, ended, now) => machine.PushEnded(ended.push, ended.answer, now));
    }

    private async Task ShowAsync(PeerEffect.Show show)
    {
        ShowOutcome? outcome = null;
        try
        {
            outcome = await Gateway(show.Gateway).Show(show.Gateway, _machine.Id, show.Shown).ConfigureAwait(Later);
        }
        catch (Exception failure)
        {
            AgentPeerLog.GatewayNotReached(peers.Logger, failure, _machine.Id, show.Gateway.NodeId);
        }

        peers.Metrics.Shown(outcome is not null);
        Proceed((show, outcome), static (machine, ended, now) => machine.ShowEnded(ended.show.Shown, ended.outcome, now));
    }

    /// <summary>The socket is on this silo: its session takes it in this turn, without a call.</summary>
    private ShowOutcome? ShowHere(PeerEffect.Show show)
    {
        ShowOutcome? outcome = null;
        try
        {
            outcome = peers.Sockets.Show(_machine.Id, show.Shown);
        }
        catch (Exception failure)
        {
            AgentPeerLog.GatewayNotReached(peers.Logger, failure, _machine.Id, show.Gateway.NodeId);
        }

        peers.Metrics.Shown(outcome is not null);
        return outcome;
    }

    /// <summary>Once: a connection whose silo is not reached hears the same with its next report.</summary>
    private async Task DropAsync(PeerEffect.Drop drop)
    {
        try
        {
            await Gateway(drop.Gateway).Drop(drop.Gateway, _machine.Id, drop.Epoch, drop.Code).ConfigureAwait(Later);
        }
        catch (Exception failure)
        {
            AgentPeerLog.GatewayNotReached(peers.Logger, failure, _machine.Id, drop.Gateway.NodeId);
        }
    }

    private async Task AskAsync(PeerEffect.Ask ask)
    {
        // Who does not answer may hold it still.
        var isHeld = true;
        try
        {
            isHeld = await Gateway(ask.Gateway).Holds(ask.Gateway, ask.Peer, ask.Epoch).ConfigureAwait(Later);
        }
        catch (Exception failure)
        {
            AgentPeerLog.GatewayNotReached(peers.Logger, failure, _machine.Id, ask.Gateway.NodeId);
        }

        Proceed((ask, isHeld), static (machine, answered, now) => machine.GatewayAnswered(answered.ask.Peer, answered.ask.Epoch, answered.isHeld, now));
    }

    private async Task WriteAsync(PeerEffect.Write write)
    {
        var isDone = false;
        try
        {
            await peers.Lookups.WriteAsync(write, peers.Stopping).ConfigureAwait(Later);
            isDone = true;
        }
        catch (Exception failure)
        {
            AgentPeerLog.RowsNotWritten(peers.Logger, failure, _machine.Id);
        }

        peers.Metrics.Written(isDone);
        Proceed((write, isDone), static (machine, ended, now) => machine.WriteEnded(ended.write, ended.isDone, now));
    }

    private async Task ReadAsync()
    {
        PeerRows? rows = null;
        try
        {
            rows = await peers.Lookups.ReadAsync(_machine.Id, peers.Stopping).ConfigureAwait(Later);
        }
        catch (Exception failure)
        {
            AgentPeerLog.RowsNotRead(peers.Logger, failure, _machine.Id);
        }

        Proceed(rows, static (machine, rows, now) => machine.ReadEnded(rows, now));
    }

    private Task Refuse(PeerEffect.Refused refused)
    {
        peers.Metrics.Refused();
        if (!_hasRefused)
            AgentPeerLog.TunnelRefused(peers.Logger, _machine.Id, refused.From, refused.Incoming);
        _hasRefused = true;
        return Task.CompletedTask;
    }

    private IAgentPeerGrain WayTo(Guid peer)
    {
        if (_ways.Find(peer) is { } known)
            return known.Grain;
        if (_ways.Count > 2 * (_machine.NeighbourCount + FewWays))
            _ways = default; // most are to neighbours that were forgotten
        var way = new PeerWay(peer, GrainFactory.GetGrain<IAgentPeerGrain>(IAgentPeerGrain.KeyOf(peer)));
        _ways.Add(way);
        return way.Grain;
    }

    private IAgentGatewayGrain Gateway(GatewayRun gateway) => GrainFactory.GetGrain<IAgentGatewayGrain>(IAgentGatewayGrain.KeyOf(gateway.NodeId));
}
