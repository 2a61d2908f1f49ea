namespace Actors.Silo.Health;

/// <summary>Something that keeps the silo from serving, or from serving all that it should.</summary>
/// <param name="Component">The part that is affected: "log", "store".</param>
/// <param name="Reason">What is wrong, in a sentence.</param>
/// <param name="IsFinal">True when only a new process can mend it: the silo then no longer counts as alive.</param>
public sealed record HealthProblem(string Component, string Reason, bool IsFinal)
{
    /// <summary>True when the silo serves nevertheless, with less: a load balancer has no reason to turn away from it.</summary>
    public bool IsWarning { get; init; }
}
