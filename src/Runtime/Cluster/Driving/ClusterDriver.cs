using Actors.Membership;
using Actors.Placement;
using Actors.Runtime.Peering;
using Actors.Runtime.Scheduling;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Actors.Runtime.Cluster;

/// <summary>
/// Does what the cluster machine decides: talks to peers and to the membership table, keeps the lease of turns, and ends the
/// activations that have moved.
/// </summary>
/// <remarks>
/// The machine has one lock. What it wants done is done under it, in order, and waits for nothing: messages go into queues, the
/// table is asked by tasks of their own. Activations tell of their end, and peers of themselves, from any thread.
/// </remarks>
internal sealed partial class ClusterDriver : IAsyncDisposable
{
    private static readonly TimeSpan TickPeriod = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LeavePeriod = TimeSpan.FromMilliseconds(5);
    /// <summary>For so long a silo that stops waits for a table that is away.</summary>
    public static readonly TimeSpan AwayTimeout = TimeSpan.FromSeconds(1.5);

    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(5);

    /// <summary>What stays in the way, and stays the same, is logged again after so long.</summary>
    private static readonly TimeSpan SayAgainPeriod = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly LocalSilo _silo;
    private readonly ClusterTable _table;
    private readonly ClusterMachine _machine;
    private readonly ClusterTimings _timings;
    private readonly ClusterMembershipOptions _options;
    private readonly TurnLease _lease;
    private readonly PeerMessages _messages;
    private readonly ClusterLog _log;
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _active = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<StopSelfOutput> _out = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<SiloAddress> _forgotten = [];
    private ClusterRoutes _routes = ClusterRoutes.None;
    private string? _expelled;
    private string? _refusal;
    private readonly SortedDictionary<SiloAddress, string> _peerRefusals = [];
    private string? _loggedHindrance;
    private long _loggedMs;
    private long? _hinderedSinceMs;
    private string? _tableTrouble;
    private RemoteCalls? _calls;
    private ITimer? _ticks;
    private Task _watching = Task.CompletedTask;

    public ClusterDriver(LocalSilo silo, ClusterTable table, PeerMessages messages, ClusterTimings timings, ClusterMembershipOptions options, TimeProvider time, ILogger logger)
    {
        _silo = silo;
        _table = table;
        _messages = messages;
        _timings = timings;
        _options = options;
        _time = time;
        _origin = time.GetTimestamp();
        _log = new ClusterLog(logger);
        _lease = new TurnLease(time, silo.Overseer);
        _machine = new ClusterMachine(silo.Address, silo.NodeId, timings, Held);
        silo.Turns = _lease;
        silo.Cluster = this;
    }

    /// <summary>What calls are routed by.</summary>
    public ClusterRoutes Routes => Volatile.Read(ref _routes);

    /// <summary>True while the table does not answer: nobody can be told that this silo leaves.</summary>
    public bool IsTableAway => Volatile.Read(ref _tableTrouble) is not null;

    /// <summary>This silo's node.</summary>
    public int NodeId => _silo.NodeId;

    /// <summary>What others may see.</summary>
    public ClusterStatus Status { get; } = new();

    /// <summary>Ends when this silo is no member any more: it was asked to leave, or it was declared dead.</summary>
    public Task<StopSelfOutput> Out => _out.Task;

    /// <summary>Milliseconds of this silo's monotonic clock.</summary>
    private long NowMs => (long)_time.GetElapsedTime(_origin).TotalMilliseconds;

    /// <summary>Whether a grain may be activated here now; asked when <see cref="Routes"/> do not tell.</summary>
    public Permission MayActivate(GrainId grain)
    {
        lock (_lock)
        {
            return _machine.MayActivate(grain);
        }
    }

    /// <summary>
    /// Joins the cluster, and waits until this silo takes grains. What it waits for is logged, and in <see cref="Status"/>.
    /// </summary>
    /// <param name="calls">The way to the peers.</param>
    /// <param name="token">Gives up.</param>
    /// <exception cref="JoinRefusedException">It cannot join; the sentence says why.</exception>
    public async Task JoinAsync(RemoteCalls calls, CancellationToken token)
    {
        _calls = calls;
        ClusterView view = await FirstReadAsync(token);
        if (view.Find(_silo.Address) is { } same)
        {
            throw new JoinRefusedException(_silo.Address, $"{_silo.Address} is in the membership table already ({same.Status}): an earlier run began in the same second. Start the silo again.");
        }

        lock (_lock)
        {
            _machine.TableRead(view, NowMs);
            _machine.Join(NowMs);
            Perform();
        }

        _ticks = _time.CreateTimer(static self => ((ClusterDriver)self!).Tick(), this, TickPeriod, TickPeriod);
        _watching = WatchTableAsync();
        Task first = await Task.WhenAny(_active.Task, _out.Task).WaitAsync(token);
        if (first != _active.Task)
        {
            throw new JoinRefusedException(_silo.Address, (await _out.Task).Reason);
        }
    }

    /// <summary>Makes the table when there is none, and reads it; tries again as long as its store is away.</summary>
    private async Task<ClusterView> FirstReadAsync(CancellationToken token)
    {
        while (true)
        {
            try
            {
                await _table.InitializeAsync(token);
                ClusterView view = await _table.ReadAsync(token);
                lock (_lock)
                {
                    _tableTrouble = null;
                    Tell();
                }

                return view;
            }
            catch (MembershipStoreException away)
            {
                Blame(away);
            }

            await PauseAsync(token);
        }
    }

    /// <summary>
    /// Takes no more grains and hands over those that can move; ends when they have, all peers know it, and their calls have their
    /// answers, or when the token is cancelled.
    /// </summary>
    public async Task LeaveAsync(CancellationToken token)
    {
        Do(static (machine, nowMs) => machine.Leave(nowMs));
        long sinceMs = NowMs;
        while (!_out.Task.IsCompleted && IsUsed())
        {
            if (IsTableAway && NowMs - sinceMs > AwayTimeout.TotalMilliseconds)
            {
                return;
            }

            await Task.Delay(LeavePeriod, _time, token);
        }
    }

    private bool IsUsed()
    {
        lock (_lock)
        {
            if (_machine.IsActive || !_machine.HaveAllTold)
            {
                return true;
            }
        }

        return HeldHere().Any() || _calls!.Unanswered > 0;
    }

    /// <summary>No activation is left here: writes that this silo has left, and waits for it.</summary>
    public async Task LeftAsync(CancellationToken token)
    {
        _lease.End();
        bool areSomeLeft = _silo.LiveActivations > 0;
        Do((machine, nowMs) =>
        {
            if (areSomeLeft)
            {
                // They did not end in time: no turn of them runs any more, but a write of theirs may be under way.
                machine.CutOff();
            }

            machine.Drained(nowMs);
        });
        await _out.Task.WaitAsync(token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_ticks is not null)
        {
            await _ticks.DisposeAsync();
        }

        await _watching;
        EndTurns();
        Status.Complete();
    }

    /// <summary>Somebody has seen a newer view.</summary>
    public void CatchUp() => ReadTableSoon();

    private void Do(Action<ClusterMachine, long> step)
    {
        lock (_lock)
        {
            step(_machine, NowMs);
            Perform();
        }
    }

    private void Tick()
    {
        PeerConnection[] connections = [.. _calls?.Hub.Connections ?? []];
        Do((machine, nowMs) =>
        {
            foreach (PeerConnection connection in connections)
            {
                if (connection.AnsweredAt is not 0 and long answeredAt)
                {
                    machine.RanTurn(connection.Peer.Address, nowMs - (long)_time.GetElapsedTime(answeredAt).TotalMilliseconds);
                }
            }

            machine.Tick(nowMs);
        });
    }

    /// <summary>Under the lock: does what the machine wants, and publishes what has changed.</summary>
    private void Perform()
    {
        bool mayServeMore = false;
        while (_machine.TakeOutputs() is { Count: > 0 } outputs)
        {
            foreach (ClusterOutput output in outputs)
            {
                mayServeMore |= output is MayServeMoreOutput or InstalledOutput;
                try
                {
                    Perform(output);
                }
                catch (Exception error)
                {
                    // What came of the same event goes on: it is for others.
                    _log.OutputFailed(error, output.GetType().Name);
                }
            }
        }

        Publish(_machine.View, _machine.IsQuick, _machine.HasNode);
        Tell();
        if (_machine.LeaseUntilMs > long.MinValue)
        {
            _lease.Extend(_origin + (long)(_machine.LeaseUntilMs * (_time.TimestampFrequency / 1000.0)));
        }

        foreach (SiloAddress gone in _forgotten)
        {
            _calls?.Hub.Forget(gone, $"{gone} is no member in view {_machine.View.Version}.");
        }

        _forgotten.Clear();
        if (_machine.IsActive)
        {
            _active.TrySetResult();
        }

        if (mayServeMore)
        {
            _calls?.RoutesChanged();
        }
    }

    /// <summary>Under the lock: lets others see what is true now, and logs what stays in the way.</summary>
    private void Tell()
    {
        IEnumerable<string> refusals = _machine.IsActive ? [] : _peerRefusals.Where(refused => _machine.View.IsLive(refused.Key)).Select(static refused => refused.Value);
        string?[] hindrances = [_machine.IsActive ? null : _refusal, _machine.Hindrance, .. refusals, _tableTrouble];
        string? hindrance = Array.TrueForAll(hindrances, static one => one is null) ? null : string.Join(" ", hindrances.OfType<string>());
        _hinderedSinceMs = hindrance is null ? null : _hinderedSinceMs ?? NowMs;
        if (hindrance is null)
        {
            _loggedHindrance = null;
        }
        else if (NowMs - _hinderedSinceMs >= _timings.SuspectAfterMs && (hindrance != _loggedHindrance || NowMs - _loggedMs >= SayAgainPeriod.TotalMilliseconds))
        {
            (_loggedHindrance, _loggedMs) = (hindrance, NowMs);
            _log.Hindered(hindrance);
        }

        Status.Publish(_machine.View, _machine.IsActive, hindrance, _expelled);
    }

    private void Perform(ClusterOutput output)
    {
        switch (output)
        {
            case SendOutput send:
                Send(send.To, send.Message);
                break;
            case RunProbeOutput probe:
                _ = RunProbeAsync(probe);
                break;
            case WriteMemberOutput write:
                _ = Task.Run(() => WriteAsync(write));
                break;
            case InstalledOutput installed:
                Follow(installed.View);
                break;
            case StopSelfOutput stop:
                Stop(stop);
                break;
            default:
                break;
        }
    }

    private void Stop(StopSelfOutput stop)
    {
        if (!stop.LeftByItself)
        {
            EndTurns();
            if (!_active.Task.IsCompleted)
            {
                // It never got in: what its peers told it, when it came to them, is what has to be mended.
                stop = stop with { Reason = string.Join(' ', (string[])[stop.Reason, .. _peerRefusals.Values]) };
            }

            _expelled = stop.Reason;
            _log.Expelled(stop.Reason);
        }

        _out.TrySetResult(stop);
    }

    /// <summary>No turn runs any more, and whoever waits for one is told.</summary>
    private void EndTurns()
    {
        _lease.End();
        ThreadPool.UnsafeQueueUserWorkItem(static silo => silo.RejectAll(), _silo, preferLocal: false);
    }

    private async Task RunProbeAsync(RunProbeOutput probe)
    {
        try
        {
            await _silo.References.GetGrain<IProbeGrain>(NodeInKey.Format("probe", _silo.NodeId)).Turn();
            Do((machine, nowMs) => machine.ProbeRan(probe.From, probe.Number, nowMs));
        }
        catch (Exception error)
        {
            // Not answered: that is what the peer has to know.
            _log.ProbeFailed(error);
        }
    }
}
