using Orleans.Runtime;

namespace Actors.Runtime.Cluster;

/// <summary>Run a turn of a grain, and then call <see cref="ClusterMachine.ProbeRan"/>.</summary>
internal sealed record RunProbeOutput(SiloAddress From, long Number) : ClusterOutput;
