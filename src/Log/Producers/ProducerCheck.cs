namespace Actors.Log;

/// <summary>The verdict on a batch and, for a duplicate, where the original is.</summary>
/// <param name="Verdict">What to do with the batch.</param>
/// <param name="BaseOffset">Offset of the original's first record; -1 unless the batch is a duplicate.</param>
/// <param name="TimestampMs">Maximum timestamp of the original in milliseconds since 1970; -1 unless the batch is a duplicate.</param>
/// <param name="ExpectedSequence">The sequence that would have been right; -1 unless the batch is out of order.</param>
public readonly record struct ProducerCheck(ProducerVerdict Verdict, long BaseOffset = -1, long TimestampMs = RecordBatch.NoTimestamp, int ExpectedSequence = RecordBatch.NoSequence);
