using Orleans.Runtime;

namespace Actors.Simulation.Tests.Cluster;

/// <summary>One activation of a grain on a silo.</summary>
internal sealed class SimActivation(GrainId grain, long number)
{
    public GrainId Grain => grain;

    /// <summary>Which of all the world's activations it is.</summary>
    public long Number => number;

    public long Etag { get; set; }

    public bool IsReady { get; set; }

    public bool IsEnding { get; set; }

    /// <summary>Nothing of it has an effect any more.</summary>
    public bool IsPoisoned { get; set; }

    public int RunningTurns { get; set; }

    public Queue<(SimSilo Caller, PendingCall Pending)> Calls { get; } = new();
}
