using Actors.Kafka;
using Microsoft.Extensions.Logging;

namespace Actors.Grains.Groups;

/// <summary>What coordinators report. Event ids 2300-2399.</summary>
internal static partial class GroupLog
{
    [LoggerMessage(2300, LogLevel.Information, "Loaded {Groups} groups from {Records} records of __consumer_offsets-{Partition} in {Milliseconds:F1} ms")]
    public static partial void Loaded(ILogger logger, int partition, int groups, long records, double milliseconds);

    [LoggerMessage(2301, LogLevel.Warning, "__consumer_offsets-{Partition} could not be loaded, clients are told {Error}; the next request tries again")]
    public static partial void LoadFailed(ILogger logger, Exception exception, int partition, ErrorCode error);

    [LoggerMessage(2302, LogLevel.Error, "{Count} records of __consumer_offsets-{Partition} cannot be read and are left out, the first in the batch at offset {Offset}")]
    public static partial void MalformedRecords(ILogger logger, int partition, long count, long offset);

    [LoggerMessage(2303, LogLevel.Warning, "__consumer_offsets-{Partition} has not answered an append for {Milliseconds} ms; commits are refused until it does")]
    public static partial void AppendStalled(ILogger logger, int partition, int milliseconds);

    [LoggerMessage(2304, LogLevel.Error, "An append to __consumer_offsets-{Partition} threw")]
    public static partial void AppendThrew(ILogger logger, Exception exception, int partition);

    [LoggerMessage(2310, LogLevel.Debug, "Group {GroupId} is {State} in generation {Generation} with {Members} members")]
    public static partial void Moved(ILogger logger, string groupId, GroupState state, int generation, int members);

    [LoggerMessage(2311, LogLevel.Error, "A call to the coordinator of group {GroupId} failed, the client is told {Error}")]
    public static partial void CallFailed(ILogger logger, Exception exception, string groupId, ErrorCode error);

    [LoggerMessage(2313, LogLevel.Warning, "Group {GroupId} keeps what it committed for topics that are deleted: {Error}; it is asked again")]
    public static partial void OffsetsKept(ILogger logger, string groupId, ErrorCode error);

    [LoggerMessage(2314, LogLevel.Warning, "Partition {Partition} of __consumer_offsets cannot be read: {Error}. Its groups keep what they committed for topics that are deleted; should such a topic come again, reset their offsets")]
    public static partial void OffsetsUnreadable(ILogger logger, int partition, ErrorCode error);

    [LoggerMessage(2312, LogLevel.Warning, "Group {GroupId} could not be woken: {Error}; it is tried again with the next look for expired offsets")]
    public static partial void WakeFailed(ILogger logger, string groupId, ErrorCode error);
}
