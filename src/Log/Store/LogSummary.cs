namespace Actors.Log;

/// <summary>What a log holds, for those who have not opened it.</summary>
/// <param name="Description">What it is of.</param>
/// <param name="StartOffset">First offset that may be read.</param>
/// <param name="EndOffset">Offset after the last record.</param>
/// <param name="Bytes">Size of its segments.</param>
/// <param name="HighestEpoch">Highest leader epoch that it has seen, or -1.</param>
/// <param name="OldestMaxTimestampMs">Largest timestamp of its oldest segment in milliseconds since 1970, or -1.</param>
public readonly record struct LogSummary(
    LogDescription Description, long StartOffset, long EndOffset, long Bytes, int HighestEpoch, long OldestMaxTimestampMs);
