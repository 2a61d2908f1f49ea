namespace Actors.Grains.Groups;

/// <summary>What a coordinator of classic groups allows; configuration section <c>Groups</c>.</summary>
public sealed record GroupOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Groups";

    /// <summary>
    /// Milliseconds that the first generation of an empty group waits for more members; each one that comes extends it, up to
    /// the rebalance time-out. 0: the first member gets its generation at once. Kafka: group.initial.rebalance.delay.ms, 3000;
    /// a quarter of a second is enough for processes that start together and nobody notices it.
    /// </summary>
    public int InitialRebalanceDelayMs { get; init; } = 250;

    /// <summary>Shortest session time-out that a member may ask for. Kafka: group.min.session.timeout.ms.</summary>
    public int MinSessionTimeoutMs { get; init; } = 6_000;

    /// <summary>Longest session time-out that a member may ask for. Kafka: group.max.session.timeout.ms.</summary>
    public int MaxSessionTimeoutMs { get; init; } = 1_800_000;

    /// <summary>Most members of one group, and most members that have an id and have not joined yet. Kafka: group.max.size.</summary>
    public int MaxSize { get; init; } = 10_000;

    /// <summary>Largest sum of a member's protocol metadata, in bytes; a larger one is refused with INVALID_REQUEST.</summary>
    public int MaxMemberMetadataBytes { get; init; } = 1_048_576;

    /// <summary>Largest sum of all members' protocol metadata, in bytes; beyond it GROUP_MAX_SIZE_REACHED.</summary>
    public long MaxGroupMetadataBytes { get; init; } = 67_108_864;

    /// <summary>Longest note of a commit, in UTF-16 code units. Kafka: offset.metadata.max.bytes.</summary>
    public int MaxOffsetMetadataLength { get; init; } = 4_096;

    /// <summary>Partitions of <c>__consumer_offsets</c> when it is created; never changed afterwards. Kafka: offsets.topic.num.partitions.</summary>
    public int OffsetsPartitions { get; init; } = 50;

    /// <summary>Milliseconds that an empty group's offsets are kept. Kafka: offsets.retention.minutes, 7 days.</summary>
    public long OffsetsRetentionMs { get; init; } = 604_800_000;

    /// <summary>Milliseconds between two looks for expired offsets. Kafka: offsets.retention.check.interval.ms.</summary>
    public int OffsetsRetentionCheckIntervalMs { get; init; } = 600_000;

    /// <summary>Milliseconds that a commit or a generation may take to become durable. Kafka: offsets.commit.timeout.ms.</summary>
    public int AppendTimeoutMs { get; init; } = 5_000;

    /// <summary>Milliseconds that a request waits for its partition to be replayed before it is told to come again; 0: not at all.</summary>
    public int LoadWaitMs { get; init; } = 1_000;

    /// <summary>Most bytes of records that wait for the log in one partition; beyond it requests are told to come again.</summary>
    public int MaxQueuedBytes { get; init; } = 16_777_216;

    /// <summary>
    /// Milliseconds that a JoinGroup of a new member may wait; its client cannot be heard while it waits, so it has to ask
    /// again. Kafka: fixed at five minutes.
    /// </summary>
    public int NewMemberJoinTimeoutMs { get; init; } = 300_000;

    /// <summary>Every mistake in these options, as sentences; empty when there is none.</summary>
    public IEnumerable<string> Mistakes()
    {
        foreach (var (name, value, least, most) in new (string, long, long, long)[]
        {
            (nameof(InitialRebalanceDelayMs), InitialRebalanceDelayMs, 0, 3_600_000),
            (nameof(MinSessionTimeoutMs), MinSessionTimeoutMs, 1, int.MaxValue),
            (nameof(MaxSessionTimeoutMs), MaxSessionTimeoutMs, MinSessionTimeoutMs, int.MaxValue),
            (nameof(MaxSize), MaxSize, 1, int.MaxValue),
            (nameof(MaxMemberMetadataBytes), MaxMemberMetadataBytes, 1_024, 104_857_600),
            (nameof(MaxGroupMetadataBytes), MaxGroupMetadataBytes, MaxMemberMetadataBytes, long.MaxValue),
            (nameof(MaxOffsetMetadataLength), MaxOffsetMetadataLength, 0, 10_000),
            (nameof(OffsetsPartitions), OffsetsPartitions, 1, 10_000),
            (nameof(OffsetsRetentionMs), OffsetsRetentionMs, 1, long.MaxValue),
            (nameof(OffsetsRetentionCheckIntervalMs), OffsetsRetentionCheckIntervalMs, 1_000, int.MaxValue),
            (nameof(AppendTimeoutMs), AppendTimeoutMs, 1, 300_000),
            (nameof(LoadWaitMs), LoadWaitMs, 0, 60_000),
            (nameof(MaxQueuedBytes), MaxQueuedBytes, 1_048_576, int.MaxValue),
            (nameof(NewMemberJoinTimeoutMs), NewMemberJoinTimeoutMs, 1, int.MaxValue),
        })
        {
            if (value < least || value > most)
                yield return $"{Section}:{name} is {value}; allowed is {least} to {most}.";
        }
    }
}
