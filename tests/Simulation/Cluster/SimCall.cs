using Orleans.Runtime;

namespace Actors.Simulation.Tests.Cluster;

/// <summary>A call on its way to the silo that its caller takes for the grain's home.</summary>
internal sealed record SimCall(PendingCall Pending, GrainId Grain, long Version);
