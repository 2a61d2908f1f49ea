using Orleans.Runtime;

namespace Actors.Grains.Overview;

/// <summary>A silo in the view.</summary>
/// <param name="Name">Its name for people.</param>
/// <param name="NodeId">Its node's number.</param>
/// <param name="Address">Its address within the cluster.</param>
/// <param name="Status">What the view says of it.</param>
public sealed record MemberSilo(string Name, int NodeId, SiloAddress Address, SiloStatus Status);
