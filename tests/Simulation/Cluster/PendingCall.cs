using Orleans.Runtime;

namespace Actors.Simulation.Tests.Cluster;

/// <summary>A call as its caller has it.</summary>
internal sealed class PendingCall(GrainId grain, double askedMs)
{
    public GrainId Grain => grain;

    /// <summary>When the caller first asked, in the world's time.</summary>
    public double AskedMs => askedMs;

    public bool IsAnswered { get; set; }
}
