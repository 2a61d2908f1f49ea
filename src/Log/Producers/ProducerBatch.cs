namespace Actors.Log;

/// <summary>What is remembered of one appended batch of an idempotent producer.</summary>
/// <param name="FirstSequence">Sequence of its first record.</param>
/// <param name="LastSequence">Sequence of its last record; smaller than the first one when the numbers wrapped.</param>
/// <param name="BaseOffset">Offset of its first record.</param>
/// <param name="TimestampMs">Its maximum timestamp in milliseconds since 1970, or -1.</param>
public readonly record struct ProducerBatch(int FirstSequence, int LastSequence, long BaseOffset, long TimestampMs);
