using Actors.Kafka;

namespace Actors.Grains.Groups;

/// <summary>
/// A classic consumer group: who is in it, which generation it has, what each member was given and what the group committed.
/// It decides and does nothing else: commands go in with the time, answers and writes come out of
/// <see cref="TakeReplies"/> and <see cref="TakeWrites"/>. No clock, no I/O, no threads; one caller at a time.
/// </summary>
/// <remarks>
/// <para>The rules are those of Kafka 4's coordinator for the classic protocol (KIP-62, 134, 345, 394, 559, 814).</para>
/// <para>Between calls: every ticket has been answered, or a member holds it, or a write does. A generation is answered by
/// SyncGroup, and an offset by OffsetFetch, only after its record is durable.</para>
/// </remarks>
public sealed partial class GroupMachine
{
    private const string NoMember = "";

    private readonly GroupOptions _options;
    private readonly Dictionary<string, GroupMember> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _memberIdOfInstance = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _pendingDeadlineMs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _supporters = new(StringComparer.Ordinal);
    private readonly Dictionary<GroupTopicPartition, CommittedOffset> _offsets = [];
    private readonly Dictionary<long, UnfinishedWrite> _unfinished = [];
    private readonly List<GroupReply> _replies = [];
    private readonly List<GroupWrite> _writes = [];

    private long _stateTimestampMs;
    private string? _protocolType;
    private string? _protocol;
    private string? _leader;
    private int _joinsWaiting;
    private long _metadataBytes;
    private long _nextOrder;
    private long _nextWriteId;

    /// <summary>A group that nobody knows yet.</summary>
    public GroupMachine(string groupId, GroupOptions options)
    {
        ArgumentNullException.ThrowIfNull(groupId);
        ArgumentNullException.ThrowIfNull(options);
        GroupId = groupId;
        _options = options;
    }

    /// <summary>
    /// A group as the log has it. Its members are given a whole session time-out from <paramref name="now"/> to be heard.
    /// </summary>
    public GroupMachine(string groupId, GroupOptions options, GroupImage? image, GroupNow now)
        : this(groupId, options)
    {
        if (image is null)
            return;
        foreach (var (partition, offset) in image.Offsets)
            _offsets[partition] = offset;
        if (image.Metadata is { } metadata)
            Load(metadata, now);
        Tick(now);
    }

    /// <summary>The group's id.</summary>
    public string GroupId { get; }

    /// <summary>Where the group is.</summary>
    public GroupState State { get; private set; } = GroupState.Empty;

    /// <summary>The number of the generation; 0 before the first. Grows by one with each.</summary>
    public int Generation { get; private set; }

    /// <summary>Members, those that wait for their first generation included.</summary>
    public int MemberCount => _members.Count;

    /// <summary>Rebalances that this machine began.</summary>
    public long Rebalances { get; private set; }

    /// <summary>True when there is anything to say about the group: a member, a generation or an offset.</summary>
    public bool Exists => Generation > 0 || _members.Count > 0 || _pendingDeadlineMs.Count > 0 || _offsets.Count > 0;

    /// <summary>True while nothing waits: no members, no deadlines, no writes under way. The machine may then be forgotten.</summary>
    public bool IsIdle => _members.Count == 0 && _pendingDeadlineMs.Count == 0 && _unfinished.Count == 0
        && State is GroupState.Empty;

    /// <summary>The protocol type, or empty when the group never had a member.</summary>
    public string ProtocolType => _protocolType ?? "";

    /// <summary>The committed offsets, by partition. Only durable ones.</summary>
    public IReadOnlyDictionary<GroupTopicPartition, CommittedOffset> Offsets => _offsets;

    /// <summary>Hands over the answers since the last call, in the order in which they were decided.</summary>
    public GroupReply[] TakeReplies() => Take(_replies);

    /// <summary>Hands over the writes since the last call. They must reach the log in this order.</summary>
    public GroupWrite[] TakeWrites() => Take(_writes);

    /// <summary>
    /// Answers everybody who waits with <paramref name="error"/>: the coordinator goes away. Nothing may be asked of the
    /// machine afterwards.
    /// </summary>
    public void Stop(ErrorCode error)
    {
        foreach (var member in _members.Values)
        {
            AnswerJoin(member, JoinError(member.MemberId, error));
            AnswerSync(member, SyncError(error));
        }

        foreach (var write in _unfinished.Values)
            write.Abandon(this, error);
        _unfinished.Clear();
    }

    private static T[] Take<T>(List<T> from)
    {
        if (from.Count == 0)
            return [];
        var taken = from.ToArray();
        from.Clear();
        return taken;
    }

    private void Load(GroupMetadata metadata, GroupNow now)
    {
        Generation = metadata.Generation;
        _protocolType = metadata.ProtocolType.Length == 0 ? null : metadata.ProtocolType;
        _stateTimestampMs = metadata.StateTimestampMs;
        if (metadata.Members.Count == 0)
            return;
        _protocol = metadata.Protocol;
        foreach (var stored in metadata.Members)
        {
            Add(new GroupMember
            {
                MemberId = stored.MemberId,
                InstanceId = stored.GroupInstanceId,
                ClientId = stored.ClientId,
                ClientHost = stored.ClientHost,
                SessionTimeoutMs = stored.SessionTimeoutMs,
                RebalanceTimeoutMs = stored.RebalanceTimeoutMs < 0 ? stored.SessionTimeoutMs : stored.RebalanceTimeoutMs,
                Protocols = [new GroupProtocol { Name = metadata.Protocol ?? "", Metadata = stored.Subscription }],
                Assignment = stored.Assignment,
                Order = _nextOrder++,
            });
        }

        if (metadata.Leader is not null && _members.ContainsKey(metadata.Leader))
            _leader = metadata.Leader;
        State = GroupState.Stable;
        foreach (var member in _members.Values)
            Heard(member, now);
        if (_members.Count > _options.MaxSize)
            PrepareRebalance(now);
    }

    private void MoveTo(GroupState state, GroupNow now)
    {
        State = state;
        _stateTimestampMs = now.UtcMs;
    }

    private void Reply(long ticket, object answer) => _replies.Add(new GroupReply(ticket, answer));

    private static GroupJoinAnswer JoinError(string memberId, ErrorCode error) =>
        new() { ErrorCode = (short)error, MemberId = memberId };

    private static GroupSyncAnswer SyncError(ErrorCode error) => new() { ErrorCode = (short)error };
}
