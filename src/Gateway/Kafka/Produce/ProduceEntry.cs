using Actors.Grains.Partitions;
using Actors.Grains.Topics;
using Actors.Kafka;
using Actors.Kafka.Messages;

namespace Actors.Gateway.Kafka;

/// <summary>One partition of a produce request, on its way through the replica. Belongs to one <see cref="ProduceExchange"/> for ever.</summary>
internal sealed class ProduceEntry(ProduceExchange owner) : PendingAppend
{
    private volatile bool _done;

    /// <summary>The partition's number as the client sent it.</summary>
    public int PartitionIndex { get; set; }

    /// <summary>Bytes of the records as they came.</summary>
    public int RecordsBytes { get; set; }

    /// <summary>The request that the partition belongs to.</summary>
    public ProduceExchange Owner => owner;

    /// <summary>Where a batch that is not refused goes.</summary>
    public (CatalogTopic Topic, PartitionId Partition) Group { get; set; }

    /// <summary>Why the gateway has refused the batch; None when the replica decides.</summary>
    public ErrorCode Refusal { get; private set; }

    /// <summary>Which record was wrong, for versions that can say it.</summary>
    public IReadOnlyList<ProduceResponse.BatchIndexAndErrorMessage>? RecordErrors { get; private set; }

    /// <summary>A sentence for the producer's log, or null.</summary>
    public string? Message { get; private set; }

    /// <summary>The answer went out before the batch was durable; it may become so later.</summary>
    public bool HasTimedOut { get; set; }

    /// <summary>Who leads instead, to be told with NOT_LEADER_OR_FOLLOWER; set when the answer is written.</summary>
    public PartitionRow? Leader { get; set; }

    /// <summary>The replica has answered.</summary>
    public bool IsDone => _done;

    /// <summary>What the client is told.</summary>
    public ErrorCode Outcome => HasTimedOut ? ErrorCode.RequestTimedOut : Refusal != ErrorCode.None ? Refusal : Error;

    /// <summary>Makes the entry new for its next batch.</summary>
    public void Begin(int partitionIndex)
    {
        PartitionIndex = partitionIndex;
        Batch = default;
        Refusal = ErrorCode.None;
        RecordErrors = null;
        Message = null;
        HasTimedOut = false;
        _done = false;
    }

    /// <summary>The gateway refuses the batch; the replica never sees it.</summary>
    public void RefuseHere(ErrorCode error, string? message = null, IReadOnlyList<ProduceResponse.BatchIndexAndErrorMessage>? recordErrors = null)
    {
        Refusal = error;
        Message = message;
        RecordErrors = recordErrors;
        _done = true;
    }

    /// <inheritdoc/>
    public override void Complete(ref CompletionBatch batch)
    {
        // The frame that the batch was read from goes back to its pipe.
        Batch = default;
        _done = true;
        owner.OneDone(ref batch);
    }

    /// <summary>The entry's part of the response.</summary>
    public ProducePartition ToResponse()
    {
        var error = Outcome;
        return error == ErrorCode.None
            ? new ProducePartition { Index = PartitionIndex, BaseOffset = BaseOffset, LogAppendTimeMs = LogAppendTimeMs, LogStartOffset = LogStartOffset }
            : new ProducePartition
            {
                Index = PartitionIndex,
                ErrorCode = error,
                ErrorMessage = Message,
                RecordErrors = RecordErrors,
                CurrentLeaderId = Leader?.LeaderId ?? -1,
                CurrentLeaderEpoch = Leader?.LeaderEpoch ?? -1,
            };
    }
}
