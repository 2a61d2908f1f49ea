namespace Actors.Log;

/// <summary>A record's offset with its timestamp in milliseconds since 1970.</summary>
public readonly record struct TimestampedOffset(long Offset, long TimestampMs);
