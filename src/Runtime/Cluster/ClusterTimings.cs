namespace Actors.Runtime.Cluster;

/// <summary>How patient the silos of a cluster are. All of them must have the same <see cref="LeaseMs"/>, <see cref="StoreAwayMs"/> and
/// <see cref="ClockDrift"/>.</summary>
public sealed record ClusterTimings
{
    /// <summary>From one probe of a peer to the next, in milliseconds.</summary>
    public long ProbePeriodMs { get; init; } = 400;

    /// <summary>
    /// A peer that has answered no probe sent within this time is suspected, in milliseconds, unless it is busy: see
    /// <see cref="SuspectBusyAfterMs"/>.
    /// </summary>
    public long SuspectAfterMs { get; init; } = 1_800;

    /// <summary>
    /// A peer of which an answer came within this time, in milliseconds, to whatever it was asked and however long ago, runs turns: it is
    /// busy. A process that is stopped, or whose threads are blocked, answers nothing.
    /// </summary>
    public long BusyWithinMs { get; init; } = 1_000;

    /// <summary>A busy peer is suspected when it has answered no probe sent within this time, in milliseconds.</summary>
    public long SuspectBusyAfterMs { get; init; } = 5_000;

    /// <summary>How long a peer may take for its first answer before it is suspected, in milliseconds.</summary>
    public long StartGraceMs { get; init; } = 15_000;

    /// <summary>
    /// After so long, in milliseconds, one silo's suspicion is enough although others do not share it: every pair of silos has to
    /// reach each other, and one of a pair that does not must go.
    /// </summary>
    public long LoneVoteAfterMs { get; init; } = 10_000;

    /// <summary>How old the suspicion that a peer told us of may be and still count, in milliseconds.</summary>
    public long VoteFreshMs { get; init; } = 1_000;

    /// <summary>For how long a silo may run turns after it asked for leave, in milliseconds of its own clock.</summary>
    public long LeaseMs { get; init; } = 2_000;

    /// <summary>By how much of itself a clock may run fast or slow: 0.01 is 1 %.</summary>
    public double ClockDrift { get; init; } = 0.01;

    /// <summary>A tick that comes later than this, in milliseconds, shows that this silo is not fit to judge others.</summary>
    public long LateTickMs { get; init; } = 400;

    /// <summary>
    /// A member whose lease the table has not seen renewed for this long, in milliseconds, has no say whether another silo may join.
    /// </summary>
    public long StoreSilenceMs { get; init; } = 10_000;

    /// <summary>Two reads of the table that are no further apart than this, in milliseconds, show that it was reached in between.</summary>
    public long StoreReadGapMs { get; init; } = 4_000;

    /// <summary>
    /// For how long a silo that starts bears it that another one with its node id renews its lease, in milliseconds: that may be its
    /// former run, which is about to end.
    /// </summary>
    public long RefusedMs { get; init; } = 30_000;

    /// <summary>
    /// For how long a silo goes on without a word from the store, in milliseconds: afterwards its peers' grants are not enough. So a
    /// dead silo of which nothing else is known is finished when nobody has seen it renew its lease in the store for longer than that.
    /// </summary>
    public long StoreAwayMs { get; init; } = 15 * 60_000;

    /// <summary>From a failed write to the table to the next try, in milliseconds.</summary>
    public long WriteRetryMs { get; init; } = 500;

    /// <summary>
    /// For how long, by any clock within <see cref="ClockDrift"/>, a lease may be in force after it was granted, in milliseconds.
    /// Two drifts: the holder's clock may be slow and the observer's fast.
    /// </summary>
    public long LeaseBoundMs => Bound(LeaseMs);

    /// <summary>For how long, by any such clock, a silo may run turns after its last word from the store, in milliseconds.</summary>
    public long StoreBoundMs => Bound(StoreAwayMs + LeaseMs);

    private long Bound(long lengthMs) => (long)Math.Ceiling(lengthMs * (1 + ClockDrift) / (1 - ClockDrift)) + 1;
}
