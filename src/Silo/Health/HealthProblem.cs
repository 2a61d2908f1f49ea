namespace Actors.Silo.Health;

/// <summary>Something that keeps the silo from serving.</summary>
/// <param name="Component">The part that is affected: "log", "store".</param>
/// <param name="Reason">What is wrong, in a sentence.</param>
/// <param name="IsFinal">True when only a new process can mend it: the silo then no longer counts as alive.</param>
public sealed record HealthProblem(string Component, string Reason, bool IsFinal);
