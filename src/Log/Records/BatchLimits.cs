namespace Actors.Log;

/// <summary>What a topic and a request version allow of a batch. <see cref="ForClients"/> has the defaults.</summary>
public readonly record struct BatchLimits
{
    /// <summary>Limits of a topic with default configuration, for a batch that a client sent.</summary>
    public static BatchLimits ForClients => new()
    {
        MaxBatchBytes = 1_048_588,
        MaxDecompressedBytes = 64 * 1024 * 1024,
        MinTimestampMs = RecordBatch.NoTimestamp,
        MaxTimestampMs = long.MaxValue,
        ZstdAllowed = true,
        InspectCompressed = true,
        FromClient = true,
    };

    /// <summary>Largest batch with its header in bytes: max.message.bytes of the topic.</summary>
    public required int MaxBatchBytes { get; init; }

    /// <summary>Most bytes that the records of a compressed batch may decompress to.</summary>
    public required int MaxDecompressedBytes { get; init; }

    /// <summary>Earliest record timestamp in milliseconds since 1970 (now - message.timestamp.before.max.ms). A record without timestamp (-1) always passes.</summary>
    public required long MinTimestampMs { get; init; }

    /// <summary>Latest record timestamp in milliseconds since 1970 (now + message.timestamp.after.max.ms).</summary>
    public required long MaxTimestampMs { get; init; }

    /// <summary>False for Produce versions below 7, whose clients cannot read zstd back.</summary>
    public required bool ZstdAllowed { get; init; }

    /// <summary>Whether compressed batches are decompressed and walked, as Kafka does. False trusts what the CRC covers.</summary>
    public required bool InspectCompressed { get; init; }

    /// <summary>A client's batch starts at offset 0 and is no control batch. False for a batch that this broker or its leader made.</summary>
    public required bool FromClient { get; init; }

    /// <summary>Every record needs a key, because the topic is compacted.</summary>
    public bool KeyRequired { get; init; }

    /// <summary>The topic stamps the broker's time, so the client's timestamps are not looked at.</summary>
    public bool LogAppendTime { get; init; }
}
