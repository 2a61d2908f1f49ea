namespace Actors.Grains.Partitions;

/// <summary>Figures of one replica at one moment.</summary>
public sealed record ReplicaDescription
{
    public required ReplicaState State { get; init; }
    public required int LeaderEpoch { get; init; }

    /// <summary>First offset that can be read.</summary>
    public required long LogStartOffset { get; init; }

    /// <summary>Consumers see what is below.</summary>
    public required long HighWatermark { get; init; }

    /// <summary>Offset of the next record.</summary>
    public required long LogEndOffset { get; init; }

    public required long SizeBytes { get; init; }

    /// <summary>Idempotent producers that are remembered.</summary>
    public required int ProducerCount { get; init; }

    /// <summary>Fetches that wait for progress.</summary>
    public required int WaitingFetchCount { get; init; }

    /// <summary>Why the disk is not written any more, as a sentence; null when all is well.</summary>
    public string? Failure { get; init; }
}
