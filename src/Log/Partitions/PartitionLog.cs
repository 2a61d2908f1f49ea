namespace Actors.Log;

/// <summary>One log in the hands of its one owner. Disposing it gives it back to the store; nothing is lost by that.</summary>
/// <remarks>
/// The owner serialises <see cref="Append"/>, <see cref="StartEpoch"/>, <see cref="SeeEpochAsync"/>, <see cref="TruncateAsync"/>,
/// <see cref="ResetAsync"/>, <see cref="SetStartOffsetAsync"/>, <see cref="Configure"/> and all use of <see cref="Producers"/>.
/// Properties, <see cref="Read"/> and look-ups may be called from any thread at any time.
/// </remarks>
public sealed class PartitionLog : IDisposable
{
    private PartitionLog()
    {
    }

    public LogDescription Description => throw Missing();

    /// <summary>First offset that may be read.</summary>
    public long StartOffset => throw Missing();

    /// <summary>Offset that the next record gets.</summary>
    public long EndOffset => throw Missing();

    /// <summary>Everything below is synced.</summary>
    public long DurableEndOffset => throw Missing();

    /// <summary>Bytes of all segments and of what is on its way to them.</summary>
    public long SizeBytes => throw Missing();

    /// <summary>Segments in the order of their offsets.</summary>
    public IReadOnlyList<SegmentInfo> Segments => throw Missing();

    /// <summary>
    /// State of idempotent producers, for everything up to <see cref="EndOffset"/>. The owner stages batches before it appends them;
    /// <see cref="Append"/> commits or rolls back what is staged.
    /// </summary>
    public ProducerStates Producers => throw Missing();

    /// <summary>Leader epochs and where they start; read from any thread, changed only by this log.</summary>
    public EpochHistory Epochs => throw Missing();

    /// <summary>Highest leader epoch that this replica has seen, whether or not it holds records of it; -1 for none.</summary>
    public int SeenEpoch => throw Missing();

    /// <summary>Largest record timestamp and the first record that has it; null when the log holds no timestamp.</summary>
    public TimestampedOffset? MaxTimestamp => throw Missing();

    /// <summary>Appends batches: all of them or none. Never waits; <see cref="ILogObserver.OnDurable"/> tells when they are synced.</summary>
    /// <param name="batches">Validated batches with their base offsets; bytes are copied before the call returns.</param>
    /// <param name="leaderEpoch">Stamped on every batch; a higher one than the last starts an epoch at the first base offset.</param>
    /// <exception cref="ArgumentException">Offsets are not in order, or the epoch is lower than the last one.</exception>
    public AppendRefusal Append(ReadOnlySpan<LogAppend> batches, int leaderEpoch) => throw Missing();

    /// <summary>Notes that <paramref name="epoch"/> starts at the end of the log; precedes the epoch's first append and needs no sync of its own.</summary>
    public AppendRefusal StartEpoch(int epoch) => throw Missing();

    /// <summary>Notes that a leader epoch has been seen; a lower one is then to be refused.</summary>
    /// <returns>When that is durable.</returns>
    public Task SeeEpochAsync(int epoch) => throw Missing();

    /// <summary>Reads whole batches from the one that holds <paramref name="offset"/> on.</summary>
    /// <param name="offset">First record wanted; the first batch may start below it.</param>
    /// <param name="upToOffset">No batch that ends above this offset is read: the high watermark for consumers.</param>
    /// <param name="maxBytes">Most bytes to read.</param>
    /// <param name="atLeastOneBatch">Read the first batch even if it is larger than <paramref name="maxBytes"/>.</param>
    /// <returns>A lease; dispose it. It may hold less than there is: read on at its <see cref="LogRead.NextOffset"/>.</returns>
    public LogRead Read(long offset, long upToOffset, int maxBytes, bool atLeastOneBatch) => throw Missing();

    /// <summary>The first record whose timestamp is at least <paramref name="timestampMs"/>; null when there is none.</summary>
    public TimestampedOffset? FindTimestamp(long timestampMs) => throw Missing();

    /// <summary>Removes every batch that holds <paramref name="offset"/> or a higher one, with what indexes, epochs and producer states know of them.</summary>
    /// <returns>The new end offset, when the truncation is durable and done. No append may be made before.</returns>
    public Task<long> TruncateAsync(long offset) => throw Missing();

    /// <summary>Removes everything and lets the log begin at <paramref name="startOffset"/>, as a follower does that is too far behind.</summary>
    /// <returns>When that is durable and done. No append may be made before.</returns>
    public Task ResetAsync(long startOffset) => throw Missing();

    /// <summary>Moves the start of the log up, to at most <see cref="DurableEndOffset"/>; segments wholly below it are unlinked after the next checkpoint.</summary>
    /// <returns>When that is durable. Nothing happens when the log starts there or above.</returns>
    public Task SetStartOffsetAsync(long offset) => throw Missing();

    /// <summary>Changes the layout from the next append on.</summary>
    public void Configure(LogConfig config) => throw Missing();

    public void Dispose() => throw Missing();

    private static NotSupportedException Missing() => new("The log's machinery arrives with the next commits.");
}
