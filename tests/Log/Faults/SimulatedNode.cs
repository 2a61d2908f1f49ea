namespace Actors.Log.Tests.Faults;

/// <summary>A file or folder: what programs see of it now, and what is known to survive.</summary>
internal abstract class SimulatedNode
{
    /// <summary>What a loss of power leaves, by the luck of <paramref name="random"/>.</summary>
    public abstract SimulatedNode AfterPowerLoss(Random random);
}
