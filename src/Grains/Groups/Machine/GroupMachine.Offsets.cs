using Actors.Kafka;

namespace Actors.Grains.Groups;

/// <content>OffsetCommit, OffsetFetch.</content>
public sealed partial class GroupMachine
{
    /// <summary>Longest topic name that Kafka allows.</summary>
    private const int MaxTopicLength = 249;

    /// <summary>
    /// Remembers offsets. The answer comes when they are durable; one offset that is refused does not keep out the others.
    /// </summary>
    /// <param name="ticket">Comes back with the answer, a <see cref="GroupCommitAnswer"/>.</param>
    /// <param name="commit">Who commits what. Whether the topics exist is the caller's question.</param>
    /// <param name="now">The time.</param>
    public void Commit(long ticket, GroupCommit commit, GroupNow now)
    {
        ArgumentNullException.ThrowIfNull(commit);
        var error = CommitError(commit);
        if (error != ErrorCode.None)
        {
            Reply(ticket, CommitErrors(commit.Offsets.Length, error));
        }
        else
        {
            if (_members.TryGetValue(commit.MemberId, out var member))
                Heard(member, now);
            Store(ticket, commit, now);
        }

        Tick(now);
    }

    /// <summary>What is committed; only durable commits, and no opinion about who asks.</summary>
    public GroupFetchAnswer Fetch(GroupFetch fetch)
    {
        ArgumentNullException.ThrowIfNull(fetch);
        var asked = fetch.Partitions ?? [.. _offsets.Keys.OrderBy(key => key.Topic, StringComparer.Ordinal).ThenBy(key => key.Partition)];
        var offsets = new GroupFetchedOffset[asked.Length];
        for (var index = 0; index < asked.Length; index++)
            offsets[index] = Fetched(asked[index]);
        return new GroupFetchAnswer { Offsets = offsets };
    }

    private GroupFetchedOffset Fetched(GroupTopicPartition partition)
    {
        var found = State is GroupState.Dead ? null : _offsets.GetValueOrDefault(partition);
        return new GroupFetchedOffset
        {
            Topic = partition.Topic,
            Partition = partition.Partition,
            Offset = found?.Offset ?? -1,
            LeaderEpoch = found?.LeaderEpoch ?? -1,
            Metadata = found?.Metadata ?? "",
        };
    }

    private ErrorCode CommitError(GroupCommit commit)
    {
        if (State is GroupState.Dead)
            return ErrorCode.CoordinatorNotAvailable;
        if (commit.GenerationId < 0 && State is GroupState.Empty)
            return ErrorCode.None; // A consumer that assigns partitions to itself.
        if (!Exists)
            return ErrorCode.IllegalGeneration;
        var error = MemberError(commit.MemberId, commit.GroupInstanceId);
        if (error != ErrorCode.None)
            return error;
        if (commit.GenerationId != Generation)
            return ErrorCode.IllegalGeneration;

        // While members are asked to rejoin they may still commit: it is their last chance before they lose partitions.
        return State is GroupState.CompletingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None;
    }

    private void Store(long ticket, GroupCommit commit, GroupNow now)
    {
        var errors = new short[commit.Offsets.Length];
        var accepted = new List<(int Index, GroupTopicPartition Partition, CommittedOffset Offset)>(errors.Length);
        for (var index = 0; index < errors.Length; index++)
        {
            var offset = commit.Offsets[index];
            var error = OffsetError(offset);
            if (error == ErrorCode.None)
                accepted.Add((index, new GroupTopicPartition(offset.Topic, offset.Partition), Committed(commit, offset, now)));
            else
                errors[index] = (short)error;
        }

        if (accepted.Count == 0)
        {
            Reply(ticket, new GroupCommitAnswer { ErrorCodes = errors });
            return;
        }

        Write(
            new CommitWrite(ticket, errors, accepted),
            [.. accepted.Select(entry => new GroupOffsetRecord(GroupId, entry.Partition, entry.Offset))]);
    }

    private ErrorCode OffsetError(GroupCommitOffset offset)
    {
        if (offset.Topic.Length is 0 or > MaxTopicLength || offset.Partition < 0)
            return ErrorCode.UnknownTopicOrPartition;
        return offset.Metadata?.Length > _options.MaxOffsetMetadataLength ? ErrorCode.OffsetMetadataTooLarge : ErrorCode.None;
    }

    private static CommittedOffset Committed(GroupCommit commit, GroupCommitOffset offset, GroupNow now)
    {
        var committedMs = offset.CommitTimestampMs < 0 ? now.UtcMs : offset.CommitTimestampMs;
        return new CommittedOffset
        {
            Offset = offset.Offset,
            LeaderEpoch = offset.LeaderEpoch,
            Metadata = offset.Metadata ?? "",
            CommitTimestampMs = committedMs,
            ExpireTimestampMs = commit.RetentionTimeMs < 0 ? -1 : SaturatingSum(committedMs, commit.RetentionTimeMs),
        };
    }

    private static long SaturatingSum(long left, long right) => left > long.MaxValue - right ? long.MaxValue : left + right;

    private static GroupCommitAnswer CommitErrors(int count, ErrorCode error)
    {
        var errors = new short[count];
        Array.Fill(errors, (short)error);
        return new GroupCommitAnswer { ErrorCodes = errors };
    }

    /// <summary>Offsets on their way to the log; until they are there, OffsetFetch answers the ones before.</summary>
    private sealed class CommitWrite(
        long ticket,
        short[] errors,
        List<(int Index, GroupTopicPartition Partition, CommittedOffset Offset)> accepted) : UnfinishedWrite
    {
        public IEnumerable<GroupTopicPartition> Partitions => accepted.Select(entry => entry.Partition);

        public override void End(GroupMachine machine, ErrorCode error, long logOffset, GroupNow now)
        {
            foreach (var (index, partition, offset) in accepted)
            {
                errors[index] = (short)CommitErrorOf(error);
                if (error == ErrorCode.None && !(machine._offsets.TryGetValue(partition, out var before) && before.LogOffset > logOffset))
                    machine._offsets[partition] = offset with { LogOffset = logOffset };
            }

            machine.Reply(ticket, new GroupCommitAnswer { ErrorCodes = errors });
        }

        public override void Abandon(GroupMachine machine, ErrorCode error) =>
            machine.Reply(ticket, CommitErrors(errors.Length, error));
    }
}
