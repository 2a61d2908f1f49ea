namespace Actors.Silo.Health;

/// <summary>A part of the silo that knows whether it works.</summary>
public interface IHealthSource
{
    /// <summary>What is wrong with it now; null when nothing is. Answers from memory, on any thread.</summary>
    HealthProblem? Problem { get; }
}
