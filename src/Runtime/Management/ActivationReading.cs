namespace Actors.Runtime.Management;

/// <summary>One activation, at one moment.</summary>
/// <param name="WaitingCalls">Calls that have arrived and not begun.</param>
/// <param name="RunningCalls">Calls, and ticks of timers, that have begun and wait for something.</param>
/// <param name="Idle">Since it was last used; exact to a second.</param>
/// <param name="Timers">Its timers, in the order in which they were made.</param>
public sealed record ActivationReading(int WaitingCalls, int RunningCalls, TimeSpan Idle, IReadOnlyList<TimerReading> Timers);
