namespace Actors.Storage.BackEnds;

/// <summary>A rate that is lent to a copy.</summary>
/// <param name="BytesPerSecond">0 pauses it.</param>
/// <param name="TimeToLive">How long it holds unless it is renewed.</param>
public readonly record struct CopyRate(long BytesPerSecond, TimeSpan TimeToLive);
