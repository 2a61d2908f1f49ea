using System.Diagnostics.CodeAnalysis;

namespace Actors.Grains.Agents;

/// <summary>
/// One peer: its announcement and its tunnels, which only it changes, and who points at it, which follows from what others say.
/// It decides and does nothing else: commands go in with the time, effects come out of <see cref="TryTakeEffect"/>. No clock, no
/// I/O, no threads; one caller at a time.
/// </summary>
/// <remarks>
/// Peers tell each other states, not events (docs/decisions/0010): everything carries a <see cref="PeerVersion"/>, is merged by it, and
/// is sent again until it is acknowledged. Between calls: at most one push is under way per neighbour, one show, one write.
/// </remarks>
public sealed partial class PeerMachine
{
    /// <summary>No deadline.</summary>
    public const long Never = long.MaxValue;

    private readonly PeerOptions _options;
    private readonly Random _random;
    private PeerMap<Neighbour> _neighbours;
    private readonly Queue<Neighbour> _toPush = [];
    private Queue<Neighbour>? _toSignal;
    private readonly Queue<PeerEffect> _effects = [];

    private readonly long _activation;
    private AgentView _view;
    private readonly KeptAnnouncement _own = new();
    private Neighbour? _heard;
    private long _seenEpoch;
    private long _silentSinceMs;
    private long _endedAtUtcMs;
    private PeerVersion _closedBefore;
    private bool _rowsRead;
    private int _pushing;
    private int _signalling;
    private int _openOut;
    private int _openIn;
    private long _wakeAtMs = Never;

    /// <summary>A peer that nothing is known of yet; the first turn asks what the store has.</summary>
    /// <param name="id">The peer.</param>
    /// <param name="options">Times and sizes.</param>
    /// <param name="view">The silos.</param>
    /// <param name="random">Spreads what is periodic and what is tried again.</param>
    public PeerMachine(Guid id, PeerOptions options, AgentView view, Random random)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(random);
        Id = id;
        _options = options;
        _view = view;
        _random = random;
        _activation = random.NextInt64(1, long.MaxValue);
    }

    /// <summary>The peer.</summary>
    public Guid Id { get; }

    /// <summary>What it says of itself.</summary>
    public Announcement Own => _own.ToMessage();

    /// <summary>Whether a session is attached.</summary>
    public bool IsAttached => _attachment > 0;

    /// <summary>When <see cref="Tick"/> wants to be called, by the monotonic clock; <see cref="Never"/> when there is nothing to wait for.</summary>
    public long NextTickMs => Math.Min(Math.Min(Math.Min(_wakeAtMs, _lostAtMs), Math.Min(_askAtMs, _readAtMs)), Math.Min(_showAtMs, _writeAtMs));

    /// <summary>The tunnels from this peer that are open.</summary>
    public IEnumerable<Guid> Outgoing => _neighbours.Values.Where(neighbour => neighbour.Out.IsOpen).Select(neighbour => neighbour.Peer);

    /// <summary>The tunnels to this peer that are open: the reverse index.</summary>
    public IEnumerable<Guid> Incoming => _neighbours.Values.Where(neighbour => neighbour.In.IsOpen).Select(neighbour => neighbour.Peer);

    /// <summary>Neighbours that are remembered, those with closed tunnels included.</summary>
    public int NeighbourCount => _neighbours.Count;

    /// <summary>What it knows, for people.</summary>
    public PeerDescription Describe() => new()
    {
        Announcement = new Announcement { Version = _own.Version, Gateway = _own.Gateway, IsNodeOmitted = _own.Kind == PeerKind.Node },
        NodeBytes = _own.NodeBytes,
        IsAttached = IsAttached,
        AreRowsRead = _rowsRead,
        IsStored = IsStored,
        Neighbours = [.. _neighbours.Values.Select(neighbour => neighbour.Describe(neighbour.IsPushing || NeedsPush(neighbour)))],
    };

    /// <summary>Hands over the next thing to be done.</summary>
    public bool TryTakeEffect([NotNullWhen(true)] out PeerEffect? effect) => _effects.TryDequeue(out effect);

    /// <summary>Hands over everything that is to be done.</summary>
    public PeerEffect[] TakeEffects()
    {
        PeerEffect[] taken = [.. _effects];
        _effects.Clear();
        return taken;
    }

    /// <summary>The view has changed.</summary>
    public void ViewChanged(AgentView view, PeerNow now)
    {
        ArgumentNullException.ThrowIfNull(view);
        if (view.Number <= _view.Number)
            return;
        _view = view;
        if (_own.IsLive && view.HasLost(_own.Gateway))
            End(_own.Version.Epoch, PeerVersion.LostSequence, now);
        foreach (var neighbour in _neighbours.Values)
        {
            if (neighbour.Theirs.IsLive && view.HasLost(neighbour.Theirs.Gateway))
                Lose(neighbour);
        }

        Proceed(now);
    }

    /// <summary>A gateway has said whether it holds a connection.</summary>
    public void GatewayAnswered(Guid peer, long epoch, bool isHeld, PeerNow now)
    {
        if (isHeld)
            return;
        if (peer == Id)
        {
            if (_own.IsLive && _own.Version.Epoch == epoch && !IsAttached)
                End(epoch, PeerVersion.LostSequence, now);
        }
        else if (_neighbours.Find(peer) is { Theirs.IsLive: true } neighbour && neighbour.Theirs.Version.Epoch == epoch)
        {
            Lose(neighbour);
        }

        Proceed(now);
    }

    /// <summary>Time has passed.</summary>
    public void Tick(PeerNow now)
    {
        if (_lostAtMs <= now.MonotonicMs)
            End(_own.Version.Epoch, PeerVersion.LostSequence, now);
        if (_askAtMs <= now.MonotonicMs)
        {
            _askAtMs = now.MonotonicMs + _options.AttachWithinMs;
            if (_own.IsLive && !IsAttached)
                _effects.Enqueue(new PeerEffect.Ask(_own.Gateway, Id, _own.Version.Epoch));
            else
                _askAtMs = Never;
        }

        if (_seenEpoch > _own.Version.Epoch && now.MonotonicMs >= _silentSinceMs + _options.ForgetAfterMs)
        {
            // A living connection that others know of would have come forward by now; it has been silent since before.
            var silentSinceMs = _silentSinceMs;
            End(_seenEpoch, PeerVersion.LostSequence, now);
            _silentSinceMs = silentSinceMs;
        }

        if (_own.Kind == PeerKind.Lost && now.UtcMs >= _endedAtUtcMs + _options.TunnelTimeToLiveMs)
            CloseBefore(new PeerVersion(_own.Version.Epoch, PeerVersion.GoneSequence), now);
        LookAtNeighbours(now);
        Proceed(now);
    }

    /// <summary>The end of this peer's connection: everything is said with it.</summary>
    private void End(long epoch, long sequence, PeerNow now)
    {
        _lostAtMs = Never;
        _askAtMs = Never;
        Detach();
        _own.Set(new PeerVersion(epoch, sequence), _own.Gateway);
        _seenEpoch = Math.Max(_seenEpoch, epoch);
        _endedAtUtcMs = now.UtcMs;
        _silentSinceMs = now.MonotonicMs;
        _isRowDirty = true;
        if (sequence == PeerVersion.GoneSequence)
            CloseBefore(_own.Version, now);
        else
            WakeAt(now.MonotonicMs + _options.TunnelTimeToLiveMs);
        QueueAll();
    }

    /// <summary>A neighbour's connection has ended without its saying so.</summary>
    private void Lose(Neighbour neighbour)
    {
        neighbour.Theirs.Lose();
        ShowLater(neighbour);
    }

    /// <summary>What is said to whom, shown and written; after every command.</summary>
    private void Proceed(PeerNow now)
    {
        ReadOnce(now);
        PushQueued(now);
        ShowDue(now);
        WriteDirty(now);
        if (_toPush.Count == 0) // those who still wait for their push get the same array
            _own.Settle();
        _heard?.Theirs.Settle();
        _heard = null;
    }

    private void WakeAt(long atMs) => _wakeAtMs = Math.Min(_wakeAtMs, atMs);

    /// <summary>How long to wait after so many failures, spread over half of it.</summary>
    private long BackoffMs(int failures)
    {
        var wholeMs = Math.Min(_options.MaxRetryMs, _options.RetryMs << Math.Min(failures, 16));
        return (wholeMs / 2) + _random.NextInt64((wholeMs / 2) + 1);
    }
}
