namespace Actors.Log;

/// <summary>A record's offset and timestamp, the answer of a look-up by time.</summary>
/// <param name="Offset">Offset of the record.</param>
/// <param name="TimestampMs">Its timestamp in milliseconds since 1970.</param>
public readonly record struct TimestampedOffset(long Offset, long TimestampMs);
