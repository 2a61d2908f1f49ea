using Actors.Storage.Tiering;

namespace Actors.Storage.Tests.Simulation;

/// <summary>A move that was decided.</summary>
internal sealed record SimulatedMove(SimulatedVolume Volume, long AtMs, Tier From, Tier To)
{
    /// <summary>Whether all of it ended where it was to go.</summary>
    public bool IsDone { get; set; }
}
