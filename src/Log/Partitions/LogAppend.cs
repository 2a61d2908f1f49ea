namespace Actors.Log;

/// <summary>One record batch to be appended.</summary>
public readonly struct LogAppend
{
    /// <summary>The whole batch as it was received, already validated. Read before the append returns, never changed and not kept.</summary>
    public required ReadOnlyMemory<byte> Batch { get; init; }

    /// <summary>The batch's header as received.</summary>
    public required RecordBatchHeader Header { get; init; }

    /// <summary>Offset that is stamped on its first record. The first batch starts at the log's end or above, each further one at or above the end of the one before.</summary>
    public required long BaseOffset { get; init; }

    /// <summary>Broker time in milliseconds since 1970 that is stamped on the batch (message.timestamp.type LogAppendTime), or -1 to keep the client's times.</summary>
    public long LogAppendTimeMs { get; init; } = -1;

    public LogAppend()
    {
    }

    /// <summary>Offset after its last record.</summary>
    public long NextOffset => BaseOffset + Header.LastOffsetDelta + 1;
}
