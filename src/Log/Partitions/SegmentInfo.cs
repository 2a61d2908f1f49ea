namespace Actors.Log;

/// <summary>One segment as retention sees it.</summary>
/// <param name="BaseOffset">First offset that it may hold.</param>
/// <param name="EndOffset">Offset after its last record.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="MaxTimestampMs">Largest record timestamp in milliseconds since 1970, or -1 when it has none.</param>
/// <param name="IsActive">Whether it is the one that appends go to.</param>
public readonly record struct SegmentInfo(long BaseOffset, long EndOffset, long Bytes, long MaxTimestampMs, bool IsActive);
