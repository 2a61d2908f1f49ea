namespace Actors.Log;

/// <summary>What a walk over the records of a batch found, beside its header.</summary>
public readonly record struct BatchInspection
{
    /// <summary>Index of the record that made the batch invalid, or -1 when the fault is not in one record.</summary>
    public int BadRecordIndex { get; init; }

    /// <summary>Whether the records were walked; false for a compressed batch that was passed through.</summary>
    public bool Walked { get; init; }

    /// <summary>Largest timestamp of the records; the header's value when they were not walked.</summary>
    /// <remarks>
    /// Some clients put the last record's timestamp into the header instead of the largest. Kafka corrects the header then,
    /// and so does <see cref="RecordBatch.SetMaxTimestamp"/>: a header that says too little hides records from a search by time.
    /// </remarks>
    public long MaxTimestampMs { get; init; }
}
