using System.Net;
using Actors.Grains.Partitions;
using Actors.Kafka;
using Microsoft.Extensions.Logging;

namespace Actors.Gateway.Kafka;

/// <summary>What happens to each batch, for somebody who follows one record: Debug events, for each partition of a request.</summary>
/// <remarks>
/// <para>PRODUCE_START when the request was read, LEADERSHIP_CHECK before its batches are appended, PRODUCE_COMPLETE when the
/// answer was written; the log adds WAL_COMMIT. Microseconds count from when the request was read.</para>
/// <para>Whoever calls asks <see cref="AreWanted"/> first, once for all requests of a read. Event ids 3020-3029.</para>
/// </remarks>
internal sealed partial class ProduceEvents(ILogger logger, TimeProvider time)
{
    private const long NotAssigned = -1;

    /// <summary>Whether anybody wants to hear of them.</summary>
    public bool AreWanted => logger.IsEnabled(LogLevel.Debug);

    /// <summary>A request was read.</summary>
    public void Started(ProduceExchange produce, ClientFacts client)
    {
        foreach (var (topic, entry) in produce.Named())
        {
            ProduceStart(
                logger, topic, entry.PartitionIndex, NotAssigned, RecordsOf(entry), entry.RecordsBytes, MicrosecondsSince(produce), produce.Acks, client.Remote);
        }
    }

    /// <summary>It is known who leads a partition. The offset is where its log ends now.</summary>
    /// <param name="group">The batches of one read for the partition.</param>
    /// <param name="replica">The replica here, or null.</param>
    /// <param name="error">Why there is none.</param>
    public void LeadershipChecked(PartitionGroup group, Replica? replica, ErrorCode error)
    {
        var (records, bytes) = (0L, 0L);
        foreach (var append in group.Appends)
        {
            (records, bytes) = (records + append.Header.RecordCount, bytes + append.Batch.Length);
        }

        var figures = replica?.Describe();
        LeadershipCheck(
            logger,
            group.Topic.Name,
            group.Partition.Index,
            figures?.LogEndOffset ?? NotAssigned,
            records,
            bytes,
            MicrosecondsSince(group.First.Owner),
            figures?.LeaderEpoch ?? -1,
            figures?.State is null or ReplicaState.Leading ? error : ErrorCode.NotLeaderOrFollower);
    }

    /// <summary>A request's answer was written, or, with acks=0, everything is appended.</summary>
    public void Completed(ProduceExchange produce)
    {
        if (!produce.IsTold)
        {
            return;
        }

        foreach (var (topic, entry) in produce.Named())
        {
            var offset = entry.Outcome == ErrorCode.None ? entry.BaseOffset : NotAssigned;
            ProduceComplete(
                logger, topic, entry.PartitionIndex, offset, RecordsOf(entry), entry.RecordsBytes, MicrosecondsSince(produce), produce.Acks, entry.Outcome);
        }
    }

    /// <summary>The header of a batch that was refused may be another one's.</summary>
    private static long RecordsOf(ProduceEntry entry) => entry.Refusal == ErrorCode.None ? entry.Header.RecordCount : 0;

    private long MicrosecondsSince(ProduceExchange produce) => (long)time.GetElapsedTime(produce.ReceivedAtTimestamp).TotalMicroseconds;

    [LoggerMessage(
        3020, LogLevel.Debug,
        "PRODUCE_START {Topic}-{Partition} offset {Offset}: {BatchSize} records, {Bytes} bytes after {Microseconds} us, acks {Acks}, from {Remote}",
        EventName = "PRODUCE_START", SkipEnabledCheck = true)]
    private static partial void ProduceStart(
        ILogger logger, string topic, int partition, long offset, long batchSize, long bytes, long microseconds, short acks, EndPoint? remote);

    [LoggerMessage(
        3021, LogLevel.Debug,
        "LEADERSHIP_CHECK {Topic}-{Partition} offset {Offset}: {BatchSize} records, {Bytes} bytes after {Microseconds} us, leader epoch {LeaderEpoch}, {Error}",
        EventName = "LEADERSHIP_CHECK", SkipEnabledCheck = true)]
    private static partial void LeadershipCheck(
        ILogger logger, string topic, int partition, long offset, long batchSize, long bytes, long microseconds, int leaderEpoch, ErrorCode error);

    [LoggerMessage(
        3022, LogLevel.Debug,
        "PRODUCE_COMPLETE {Topic}-{Partition} offset {Offset}: {BatchSize} records, {Bytes} bytes after {Microseconds} us, acks {Acks}, {Error}",
        EventName = "PRODUCE_COMPLETE", SkipEnabledCheck = true)]
    private static partial void ProduceComplete(
        ILogger logger, string topic, int partition, long offset, long batchSize, long bytes, long microseconds, short acks, ErrorCode error);
}
