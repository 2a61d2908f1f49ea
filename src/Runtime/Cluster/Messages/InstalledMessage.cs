using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Cluster;

/// <summary>What the receiver has to know before it activates grains in a view that the sender has installed.</summary>
/// <param name="Version">The view's number.</param>
/// <param name="StillHeld">The grains that the sender still has and whose home in this view is the receiver, or the last of them.</param>
/// <param name="Finished">The dead of whom the sender knows that they have run their last turn.</param>
/// <param name="GrantAgesMs">For other dead, how long ago the sender last granted them a lease; it grants no more.</param>
[GenerateSerializer, Immutable, Alias("cluster.installed")]
internal sealed record InstalledMessage(
    [property: Id(0)] long Version,
    [property: Id(1)] GrainId[] StillHeld,
    [property: Id(2)] SiloAddress[] Finished,
    [property: Id(3)] Dictionary<SiloAddress, long> GrantAgesMs) : PeerMessage
{
    /// <summary>How many <see cref="StillHeldMessage"/>s with the rest of the grains went before this one.</summary>
    [Id(4)]
    public int Pages { get; init; }

    /// <summary>
    /// Records are to be taken, as <see cref="CutOffMessage"/> says: what lets the receiver activate grains says it itself, for
    /// the message that was sent before it may have been lost with the connection.
    /// </summary>
    [Id(5)]
    public bool TakeRecords { get; init; }
}
