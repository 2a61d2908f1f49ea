namespace Actors.Runtime.Management;

/// <summary>A timer of an activation, at one moment.</summary>
/// <param name="Period">From the end of a tick to the next one; infinite: it ticks once.</param>
/// <param name="IsDue">True while a tick waits for its turn or runs.</param>
/// <param name="KeepsAlive">True when its ticks count as use of the grain.</param>
public sealed record TimerReading(TimeSpan Period, bool IsDue, bool KeepsAlive);
