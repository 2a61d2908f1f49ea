using System.Diagnostics;
using Actors.Grains.Partitions;
using Actors.Grains.Topics;
using Actors.Kafka;
using Actors.Log;

namespace Actors.Grains.Groups;

/// <summary>
/// A partition of <c>__consumer_offsets</c> in its replica on this silo. The replica may be closed and opened again while the
/// epoch goes on, so it is looked up for each append; what is appended carries the epoch.
/// </summary>
internal sealed class ReplicaGroupLog(
    int partition,
    int leaderEpoch,
    TopicCatalog catalog,
    ReplicaRegistry replicas,
    IReplicaOpener opener,
    LogStore store,
    TimeProvider time) : IGroupLog
{
    private const int ReadBytes = 1024 * 1024;

    /// <summary>Most bytes that a compressed batch of somebody else's may become.</summary>
    private const int MaxDecompressedBytes = 64 * 1024 * 1024;

    /// <summary>Opens the replica.</summary>
    /// <exception cref="GroupLogException">It cannot be opened.</exception>
    public async Task OpenAsync(CancellationToken token) => await ReplicaAsync(token);

    /// <inheritdoc/>
    public async Task<GroupAppendResult> AppendAsync(IReadOnlyList<GroupLogEntry> entries)
    {
        try
        {
            var append = new Append(Batch(entries), leaderEpoch);
            while ((await ReplicaAsync(CancellationToken.None).ConfigureAwait(false)).Append([append]) == 0)
                await store.WaitForRoomAsync(CancellationToken.None).ConfigureAwait(false);
            return await append.Ended.ConfigureAwait(false);
        }
        catch (GroupLogException e)
        {
            return GroupAppendResult.Failed(e.Error);
        }
        catch (LogFailedException)
        {
            return GroupAppendResult.Failed(ErrorCode.KafkaStorageError);
        }
    }

    /// <inheritdoc/>
    public async Task ReadAllAsync(Action<GroupLogEntry, long> visit, CancellationToken token)
    {
        var replica = await ReplicaAsync(token).ConfigureAwait(false);
        var description = replica.Describe();
        if (description.LeaderEpoch != leaderEpoch)
            throw NotOurs();
        await HighWatermark.ReachAsync(replica, description.LogEndOffset, token).ConfigureAwait(false);
        var endOffset = replica.HighWatermark;
        for (var offset = description.LogStartOffset; offset < endOffset;)
        {
            token.ThrowIfCancellationRequested();
            using var read = replica.Read(offset, endOffset, ReadBytes, atLeastOneBatch: true);
            if (read.IsOutOfRange || read.NextOffset <= offset)
            {
                throw new GroupLogException(
                    partition, ErrorCode.CoordinatorNotAvailable, $"{TopicNames.ConsumerOffsets}-{partition} has nothing to read at offset {offset} of {endOffset}.");
            }

            foreach (var chunk in read.Chunks)
                VisitChunk(chunk.Span, visit);
            offset = read.NextOffset;
        }
    }

    private void VisitChunk(ReadOnlySpan<byte> chunk, Action<GroupLogEntry, long> visit)
    {
        while (RecordBatchHeader.TryParse(chunk, out var header) && header.SizeBytes <= chunk.Length)
        {
            if (!header.IsControl)
                VisitBatch(chunk[..(int)header.SizeBytes], header.BaseOffset, visit);
            chunk = chunk[(int)header.SizeBytes..];
        }
    }

    private void VisitBatch(ReadOnlySpan<byte> batch, long baseOffset, Action<GroupLogEntry, long> visit)
    {
        var error = RecordReader.ReadAll(batch, MaxDecompressedBytes, out var records);
        if (error != BatchError.None)
        {
            throw new GroupLogException(
                partition, ErrorCode.CoordinatorNotAvailable, $"The batch at offset {baseOffset} of {TopicNames.ConsumerOffsets}-{partition} cannot be read: {error}.");
        }

        foreach (var record in records)
            visit(new GroupLogEntry(record.Key ?? default, record.Value), baseOffset);
    }

    private byte[] Batch(IReadOnlyList<GroupLogEntry> entries)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var builder = new RecordBatchBuilder();
        foreach (var entry in entries)
            builder.Append(nowMs, entry.Key, entry.Value);
        return builder.Build();
    }

    private async ValueTask<Replica> ReplicaAsync(CancellationToken token)
    {
        if (!catalog.Current.TryGet(TopicNames.ConsumerOffsets, out var topic)
            || !topic.TryGetPartition(partition, out var row)
            || row.LeaderEpoch != leaderEpoch)
        {
            throw NotOurs();
        }

        var id = new PartitionId(topic.Id, partition);
        if (replicas.TryGet(id, out var replica))
            return replica;
        var error = await opener.OpenAsync(topic, partition, token).ConfigureAwait(false);
        if (error != ErrorCode.None || !replicas.TryGet(id, out replica))
        {
            throw new GroupLogException(
                partition,
                error is ErrorCode.None or ErrorCode.NotLeaderOrFollower ? ErrorCode.NotLeaderOrFollower : ErrorCode.KafkaStorageError,
                $"{TopicNames.ConsumerOffsets}-{partition} cannot be opened: {error}.");
        }

        return replica;
    }

    private GroupLogException NotOurs() => new(
        partition, ErrorCode.NotLeaderOrFollower, $"Leader epoch {leaderEpoch} of {TopicNames.ConsumerOffsets}-{partition} is over.");

    /// <summary>One batch of ours at the replica.</summary>
    private sealed class Append : PendingAppend
    {
        private readonly TaskCompletionSource<GroupAppendResult> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Append(byte[] batch, int leaderEpoch)
        {
            var parsed = RecordBatchHeader.TryParse(batch, out var header);
            Debug.Assert(parsed, "A batch that was just built has a header.");
            Batch = batch;
            Header = header;
            Acks = -1;
            ExpectedLeaderEpoch = leaderEpoch;
        }

        public Task<GroupAppendResult> Ended => _ended.Task;

        public override void Complete(ref CompletionBatch batch) => _ended.TrySetResult(Error switch
        {
            ErrorCode.None => new GroupAppendResult(ErrorCode.None, BaseOffset),
            ErrorCode.FencedLeaderEpoch => GroupAppendResult.Failed(ErrorCode.NotLeaderOrFollower),
            _ => GroupAppendResult.Failed(Error),
        });
    }

    /// <summary>Waits for a replica's high watermark.</summary>
    private sealed class HighWatermark : IFetchWaiter
    {
        private readonly TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void OnProgress(Replica replica) => _moved.TrySetResult();

        /// <summary>Returns when everything below <paramref name="offset"/> is committed; the token is the deadline.</summary>
        public static async Task ReachAsync(Replica replica, long offset, CancellationToken token)
        {
            while (true)
            {
                var seen = replica.HighWatermark;
                if (seen >= offset || replica.Describe().State != ReplicaState.Leading)
                    return;
                var waiter = new HighWatermark();
                try
                {
                    if (replica.Watch(waiter, seen))
                        await waiter._moved.Task.WaitAsync(token).ConfigureAwait(false);
                }
                finally
                {
                    replica.Unwatch(waiter);
                }
            }
        }
    }
}
