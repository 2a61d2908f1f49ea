namespace Actors.AgentLoad.Checks;

/// <summary>What the checker says to one update that a receiver was told.</summary>
/// <param name="Breach">What is wrong with it, or <see cref="Breach.None"/>.</param>
/// <param name="Expected">The sequence that the receiver was told before.</param>
/// <param name="IsFresh">The receiver learns something that it was not told before.</param>
/// <param name="IsTimed">Both ends were connected, and knew of each other, when the update was sent: the time since then is the hub's.</param>
/// <param name="IsLate">It had more time than it may take, and nobody was told of that yet.</param>
public readonly record struct Told(Breach Breach, long Expected, bool IsFresh, bool IsTimed, bool IsLate = false);
