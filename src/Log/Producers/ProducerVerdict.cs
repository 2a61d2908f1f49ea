namespace Actors.Log;

/// <summary>Whether a batch of an idempotent producer may be appended.</summary>
public enum ProducerVerdict
{
    /// <summary>Append it: the batch is the next one, or its producer is not known here, or it is not idempotent.</summary>
    Ok = 0,

    /// <summary>It is in the log already: answer success with the original offset and timestamp, and append nothing.</summary>
    Duplicate,

    /// <summary>A sequence is missing before it, or a new epoch does not start at 0: OUT_OF_ORDER_SEQUENCE_NUMBER (45).</summary>
    OutOfOrder,

    /// <summary>A newer instance of the producer has written: INVALID_PRODUCER_EPOCH (47).</summary>
    InvalidEpoch,
}
