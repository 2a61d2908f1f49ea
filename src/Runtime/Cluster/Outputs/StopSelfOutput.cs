namespace Actors.Runtime.Cluster;

/// <summary>End at once: this silo is no member any more.</summary>
/// <param name="Reason">A sentence for the operator.</param>
/// <param name="LeftByItself">It was asked to stop, and nothing is wrong.</param>
internal sealed record StopSelfOutput(string Reason, bool LeftByItself) : ClusterOutput;
