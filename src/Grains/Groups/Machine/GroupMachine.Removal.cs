using Actors.Kafka;

namespace Actors.Grains.Groups;

/// <content>What ends: offsets that nobody reads any more, and groups.</content>
public sealed partial class GroupMachine
{
    /// <summary>
    /// Forgets what an empty group committed longer ago than the retention (KIP-211), and the group with its last offset.
    /// </summary>
    /// <param name="ticket">Comes back with the answer: a boxed short, 0 also when there was nothing to do.</param>
    /// <param name="now">The time.</param>
    public void ExpireOffsets(long ticket, GroupNow now)
    {
        Tick(now);
        if (State is not GroupState.Empty || _unfinished.Count > 0 || _pendingDeadlineMs.Count > 0)
        {
            Reply(ticket, (short)ErrorCode.None);
            return;
        }

        var expired = _offsets.Where(entry => ExpiryMs(entry.Value) <= now.UtcMs).Select(entry => entry.Key).ToArray();
        var everything = expired.Length == _offsets.Count;
        if (expired.Length == 0 && !(everything && Generation > 0))
            Reply(ticket, (short)ErrorCode.None);
        else
            Remove(ticket, expired, everything);
    }

    /// <summary>Forgets the group, which must have no members.</summary>
    /// <param name="ticket">
    /// Comes back with the answer, a boxed short: 0 when nothing of the group is left on the disk either; NonEmptyGroup;
    /// GroupIdNotFound; CoordinatorNotAvailable while something is on its way to the disk.
    /// </param>
    /// <param name="now">The time.</param>
    public void Delete(long ticket, GroupNow now)
    {
        Tick(now);
        var error = !Exists ? ErrorCode.GroupIdNotFound
            : State is GroupState.Dead ? ErrorCode.CoordinatorNotAvailable
            : State is not GroupState.Empty ? ErrorCode.NonEmptyGroup
            : _unfinished.Count > 0 ? ErrorCode.CoordinatorNotAvailable
            : ErrorCode.None;
        if (error != ErrorCode.None)
            Reply(ticket, (short)error);
        else
            Remove(ticket, [.. _offsets.Keys], everything: true);
    }

    /// <summary>Forgets what was committed for topics that are gone: a later topic of the name begins at offset 0.</summary>
    /// <param name="ticket">Comes back with the answer, a boxed short: 0 when nothing of them is left on the disk either.</param>
    /// <param name="topics">Names of topics.</param>
    /// <param name="now">The time.</param>
    public void ForgetTopics(long ticket, IReadOnlySet<string> topics, GroupNow now)
    {
        ArgumentNullException.ThrowIfNull(topics);
        Tick(now);

        // Commits on their way to the log are there before the tombstones, so they count as committed.
        var gone = _offsets.Keys
            .Concat(_unfinished.Values.OfType<CommitWrite>().SelectMany(write => write.Partitions))
            .Where(partition => topics.Contains(partition.Topic))
            .Distinct()
            .ToArray();
        if (gone.Length == 0)
            Reply(ticket, (short)ErrorCode.None);
        else
            Remove(ticket, gone, everything: false);
    }

    private long ExpiryMs(CommittedOffset offset) =>
        GroupImage.ExpiryMs(offset, _protocolType is null ? -1 : _stateTimestampMs, _options.OffsetsRetentionMs);

    private void Remove(long ticket, GroupTopicPartition[] partitions, bool everything)
    {
        var records = new List<GroupRecord>(partitions.Length + 1);
        records.AddRange(partitions.Select(partition => new GroupOffsetRecord(GroupId, partition, null)));
        if (everything && Generation > 0)
            records.Add(new GroupMetadataRecord(GroupId, null));
        if (records.Count == 0)
        {
            // Members that were promised an id and nothing on the disk.
            Forget();
            Reply(ticket, (short)ErrorCode.None);
            return;
        }

        if (everything)
            State = GroupState.Dead;
        Write(new RemovalWrite(ticket, partitions, everything), [.. records]);
    }

    private void Forget()
    {
        _pendingDeadlineMs.Clear();
        _offsets.Clear();
        _protocolType = null;
        Generation = 0;
        State = GroupState.Empty;
    }

    /// <summary>Tombstones on their way to the log.</summary>
    private sealed class RemovalWrite(long ticket, GroupTopicPartition[] partitions, bool everything) : UnfinishedWrite
    {
        public override void End(GroupMachine machine, ErrorCode error, long logOffset, GroupNow now)
        {
            if (everything)
                machine.State = GroupState.Empty;
            if (error == ErrorCode.None && everything)
                machine.Forget();
            else if (error == ErrorCode.None)
                Forget(machine, logOffset);
            machine.Reply(ticket, (short)CommitErrorOf(error));
        }

        public override void Abandon(GroupMachine machine, ErrorCode error) => machine.Reply(ticket, (short)error);

        private void Forget(GroupMachine machine, long logOffset)
        {
            foreach (var partition in partitions)
            {
                if (machine._offsets.TryGetValue(partition, out var offset) && offset.LogOffset <= logOffset)
                    machine._offsets.Remove(partition);
            }
        }
    }
}
