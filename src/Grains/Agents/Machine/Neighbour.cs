namespace Actors.Grains.Agents;

/// <summary>A peer that this one has or had a tunnel with, in either direction: what is known of it, and what it knows.</summary>
internal sealed class Neighbour(Guid id) : IPeerItem
{
    public Guid Peer => id;

    /// <summary>The tunnel from this peer to it.</summary>
    public TunnelState Out { get; set; }

    /// <summary>The tunnel from it to this peer: the reverse index.</summary>
    public TunnelState In { get; set; }

    /// <summary>Which <see cref="Out"/> the store has.</summary>
    public PeerVersion StoredOut { get; set; }

    /// <summary>When <see cref="In"/> or <see cref="Out"/> changed last, by the monotonic clock.</summary>
    public long ChangedAtMs { get; set; }

    /// <summary>When <see cref="Out"/> changed, for its row.</summary>
    public long OutChangedAtUtcMs { get; set; }

    /// <summary>Its newest announcement.</summary>
    public KeptAnnouncement Theirs { get; } = new();

    /// <summary>The latest connection of its that the session was shown, maybe by an earlier activation.</summary>
    public long ShownEpoch { get; set; }

    /// <summary>The latest connection of its that anything is known of.</summary>
    public long KnownEpoch => Math.Max(ShownEpoch, Math.Max(Theirs.Version.Epoch, In.Version.Epoch));

    /// <summary>The newest ready signal that it sent.</summary>
    public ReadySignal TheirReady { get; set; }

    /// <summary>The newest ready signal for it.</summary>
    public ReadySignal OwnReady { get; set; }

    /// <summary>What it has of this peer's announcement, as it said last.</summary>
    public PeerVersion AckedAnnouncement { get; set; }

    /// <summary>What it has of <see cref="Out"/>, as it said last.</summary>
    public PeerVersion AckedOut { get; set; }

    /// <summary>What it has of <see cref="OwnReady"/>, as it said last.</summary>
    public PeerVersion AckedReady { get; set; }

    /// <summary>The newest announcement that was sent to it with its node record.</summary>
    public PeerVersion SentAnnouncement { get; set; }

    /// <summary>Whether it has to be talked to although it has everything.</summary>
    public bool MustPush { get; set; }

    /// <summary>Whether a push to it is under way.</summary>
    public bool IsPushing { get; set; }

    /// <summary>Whether that push has nothing new in it but a ready signal.</summary>
    public bool IsSignalling { get; set; }

    /// <summary>Whether it answers and learns nothing, so that it is asked again later; what is new does not wait for that.</summary>
    public bool IsStuck { get; set; }

    /// <summary>Whether <see cref="Out"/> is to be written.</summary>
    public bool IsDirty { get; set; }

    /// <summary>Pushes that failed since one succeeded.</summary>
    public int Failures { get; set; }

    /// <summary>Comparisons since it had a connection.</summary>
    public int Silences { get; set; }

    /// <summary>Not before this is it talked to again.</summary>
    public long RetryAtMs { get; set; }

    /// <summary>When to compare with it, though nothing is new.</summary>
    public long CompareAtMs { get; set; } = PeerMachine.Never;

    /// <summary>When to ask the gateway whether its connection lives: it has forgotten what it once announced.</summary>
    public long AskAtMs { get; set; } = PeerMachine.Never;

    /// <summary>Whether the session was shown it, and it has to say itself whether there is still a tunnel: the store may not have it yet.</summary>
    public bool IsDoubted { get; set; }

    /// <summary>Whether it is in the list of those to show to the session.</summary>
    public bool IsShowDue { get; set; }

    /// <summary>Whether it is in the queue of those to talk to.</summary>
    public bool IsQueued { get; set; }

    /// <summary>Whether it is in the queue of those who wait for nothing but a ready signal.</summary>
    public bool IsSignalDue { get; set; }

    /// <summary>Whether it has a connection, so that it is told of updates. Who has none asks when it connects.</summary>
    public bool IsListening => Theirs.IsLive;

    public bool IsLinked => Out.IsOpen || In.IsOpen;

    public PeerNeighbour Describe(bool isWaiting) =>
        new(Peer, Out, In, Theirs.Version, Theirs.Gateway, Failures, AckedAnnouncement, AckedOut, isWaiting);
}
