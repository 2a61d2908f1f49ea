namespace Actors.Grains.Groups;

/// <summary>One partition of <c>__consumer_offsets</c> under one leader epoch. Safe to use from any thread.</summary>
public interface IGroupLog
{
    /// <summary>Appends records as one batch. Batches have the order of the calls.</summary>
    /// <param name="entries">At least one.</param>
    /// <returns>
    /// The end of the append: durable below the high watermark, or the log's own error, which is
    /// <see cref="Kafka.ErrorCode.NotLeaderOrFollower"/> once the epoch is over. It does not throw, and it comes, however late:
    /// when the log fails or is closed, too.
    /// </returns>
    Task<GroupAppendResult> AppendAsync(IReadOnlyList<GroupLogEntry> entries);

    /// <summary>
    /// Reads the log from its start to the high watermark, once that has passed everything that was there when this epoch
    /// began.
    /// </summary>
    /// <param name="visit">Called for each record in order, with the base offset of its batch; not for control records.</param>
    /// <param name="token">Ends the reading.</param>
    /// <exception cref="GroupLogException">The log cannot be read, or is not ours any more.</exception>
    Task ReadAllAsync(Action<GroupLogEntry, long> visit, CancellationToken token);
}
