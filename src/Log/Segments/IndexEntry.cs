namespace Actors.Log;

/// <summary>A place in a segment where a batch starts.</summary>
/// <param name="RelativeOffset">The batch's base offset, from the segment's.</param>
/// <param name="Position">Where it starts in the segment's file.</param>
/// <param name="MaxTimestampBeforeMs">Largest timestamp of all batches before it; -1 for none.</param>
internal readonly record struct IndexEntry(int RelativeOffset, int Position, long MaxTimestampBeforeMs)
{
    /// <summary>The start of any segment.</summary>
    public static IndexEntry First => new(0, 0, RecordBatch.NoTimestamp);
}
