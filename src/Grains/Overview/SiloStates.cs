using Orleans.Runtime;

namespace Actors.Grains.Overview;

/// <summary>How a silo's state is called where people read it; what a silo says of itself is one of the first four.</summary>
public static class SiloStates
{
    /// <summary>It opens stores, recovers its log, joins the cluster.</summary>
    public const string Starting = "Starting";

    /// <summary>It serves.</summary>
    public const string Active = "Active";

    /// <summary>It finishes what it accepted and takes no more.</summary>
    public const string Stopping = "Stopping";

    /// <summary>Only a new process can mend it.</summary>
    public const string Failed = "Failed";

    /// <summary>It is a member of the view and does not answer.</summary>
    public const string Unreachable = "Unreachable";

    /// <summary>It has left the cluster, or was declared dead.</summary>
    public const string Dead = "Dead";

    /// <summary>What the view says of a silo that has not been heard.</summary>
    public static string Of(SiloStatus status) => status switch
    {
        SiloStatus.None or SiloStatus.Created or SiloStatus.Joining => Starting,
        SiloStatus.Active => Unreachable,
        SiloStatus.ShuttingDown or SiloStatus.Stopping => Stopping,
        _ => Dead,
    };
}
