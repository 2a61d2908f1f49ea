namespace Actors.Log;

/// <summary>What a walk sees of a record without taking its key, value and headers.</summary>
internal readonly record struct RecordSummary(long TimestampDeltaMs, int OffsetDelta, bool HasKey);
