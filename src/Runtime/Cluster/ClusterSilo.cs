using Orleans.Runtime;

namespace Actors.Runtime.Cluster;

/// <summary>One silo in a view.</summary>
/// <param name="Name">Its name for people.</param>
/// <param name="NodeId">The node's number, the same over all restarts.</param>
/// <param name="Address">Endpoint and generation.</param>
/// <param name="Status">What it is doing.</param>
public sealed record ClusterSilo(string Name, int NodeId, SiloAddress Address, SiloStatus Status);
