using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Actors.Grains.Agents;

/// <summary>
/// Drives a <see cref="PeerMachine"/>: gives it the time, carries out what it wants done, and keeps one timer for its next deadline
/// as long as it has one.
/// </summary>
/// <remarks>
/// Reentrant, because two peers tell each other things at the same time; the machine is only touched between awaits, and no call
/// waits for another peer, a socket or the store. It is let go when nobody has called for longer than a closed tunnel is remembered: no
/// session is attached then, and no neighbour compares.
/// </remarks>
/// <param name="peers">What the peers of this silo share.</param>
[Reentrant, GrainType("agentpeer"), CollectionAgeLimit(Minutes = 15)]
public sealed partial class AgentPeerGrain(AgentPeers peers) : Grain, IAgentPeerGrain
{
    /// <summary>For so long a peer with something that is not stored yet is not let go; each try to store it prolongs that.</summary>
    private static readonly TimeSpan Unstored = TimeSpan.FromMinutes(1);

    private PeerMachine _machine = null!;
    private IGrainTimer? _timer;
    private long _armedForMs = PeerMachine.Never;
    private bool _isOver;
    private bool _hasRefused;

    /// <inheritdoc/>
    /// <exception cref="FormatException">The key is not a peer's id; no grain comes of it.</exception>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _machine = new PeerMachine(Guid.ParseExact(this.GetPrimaryKeyString(), "D"), peers.Options, peers.View, peers.Random);
        peers.Add(this);
        Tick();
        return base.OnActivateAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _isOver = true;
        _timer?.Dispose();
        peers.Remove(this);
        return base.OnDeactivateAsync(reason, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<long> Connect(long waitedMs)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(waitedMs);
        return Task.FromResult(Answer(waitedMs, static (machine, waitedMs, now) => machine.Connect(waitedMs, now)));
    }

    /// <inheritdoc/>
    public ValueTask<SessionReportAnswer> Report(SessionReport report) =>
        ValueTask.FromResult(Answer(report, static (machine, report, now) => machine.Report(report, now)));

    /// <inheritdoc/>
    public ValueTask<PeerPush> Push(PeerPush push) => ValueTask.FromResult(Answer(push, static (machine, push, now) => machine.Receive(push, now)));

    /// <inheritdoc/>
    public Task<PeerDescription> Describe() => Task.FromResult(Answer(0, static (machine, _, _) => machine.Describe()));

    /// <summary>The silos have changed. From any thread; the grain looks at them in a turn of its own.</summary>
    internal void LookAtViewSoon() =>
        GrainContext.Scheduler.QueueAction(static grain => ((AgentPeerGrain)grain).Proceed(0, static (_, _, _) => { }), this);

    /// <param name="words">What the machine is asked with. The question itself keeps nothing, so that it costs no garbage.</param>
    /// <param name="ask">The question.</param>
    private TAnswer Answer<TWords, TAnswer>(TWords words, Func<PeerMachine, TWords, PeerNow, TAnswer> ask)
    {
        var now = PeerNow.Read(peers.Time);
        _machine.ViewChanged(peers.View, now);
        var answer = ask(_machine, words, now);
        Drive(now);
        return answer;
    }

    /// <summary>Something has happened that nobody waits for. After the activation's end nothing does.</summary>
    private void Proceed<TWords>(TWords words, Action<PeerMachine, TWords, PeerNow> change)
    {
        if (_isOver)
            return;
        var now = PeerNow.Read(peers.Time);
        _machine.ViewChanged(peers.View, now);
        change(_machine, words, now);
        Drive(now);
    }

    /// <summary>Does what the machine has decided.</summary>
    private void Drive(PeerNow now)
    {
        while (_machine.TryTakeEffect(out var effect))
        {
            if (effect is PeerEffect.Show show && peers.IsHere(show.Gateway))
                _machine.ShowEnded(show.Shown, ShowHere(show), now);
            else
                _ = PerformAsync(effect);
        }

        Arm(now);
        if (!_machine.IsStored)
            DelayDeactivation(Unstored);
    }

    /// <summary>The timer is set earlier when it has to be; when it comes too early, it looks again.</summary>
    private void Arm(PeerNow now)
    {
        var nextMs = _machine.NextTickMs;
        if (nextMs == PeerMachine.Never)
        {
            _timer?.Dispose();
            _timer = null;
            _armedForMs = PeerMachine.Never;
            return;
        }

        if (_armedForMs <= nextMs)
            return;
        _armedForMs = nextMs;
        var due = TimeSpan.FromMilliseconds(Math.Clamp(nextMs - now.MonotonicMs, 0, int.MaxValue));
        if (_timer is null)
            _timer = this.RegisterGrainTimer(TickAsync, new GrainTimerCreationOptions(due, Timeout.InfiniteTimeSpan) { Interleave = true });
        else
            _timer.Change(due, Timeout.InfiniteTimeSpan);
    }

    private Task TickAsync(CancellationToken token)
    {
        _armedForMs = PeerMachine.Never;
        Tick();
        return Task.CompletedTask;
    }

    private void Tick() => Proceed(0, static (machine, _, now) => machine.Tick(now));
}
