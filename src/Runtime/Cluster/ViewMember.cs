using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Cluster;

/// <summary>One silo as a view has it.</summary>
/// <param name="Silo">Who it is: endpoint and generation.</param>
/// <param name="NodeId">The node's number, the same over all generations.</param>
/// <param name="Status">What it is doing.</param>
[GenerateSerializer, Immutable, Alias("cluster.member")]
internal sealed record ViewMember(
    [property: Id(0)] SiloAddress Silo,
    [property: Id(1)] int NodeId,
    [property: Id(2)] SiloStatus Status)
{
    /// <summary>
    /// Who declared it dead. Of one that left by itself, after its last turn: nobody, or it alone when a write of it may still reach
    /// the store (<see cref="MayWriteLate"/>).
    /// </summary>
    [Id(3)]
    public SiloAddress[] Voters { get; init; } = [];

    /// <summary>
    /// At least so long ago, in milliseconds before the view was read, the store last renewed its lease; 0 when that is not known.
    /// </summary>
    [Id(4)]
    public long StoreLeaseAgeMs { get; init; }

    /// <summary>Which renewal that was, as ticks of the clock that stamped it, the store's or its own; 0 for who has not read the store itself.</summary>
    [field: NonSerialized]
    public long Renewal { get; init; }

    /// <summary>Its name for people; empty when who told it did not know.</summary>
    [Id(5)]
    public string Name { get; init; } = "";

    public bool IsLive => Status is not SiloStatus.Dead;

    /// <summary>Grains may be placed there.</summary>
    public bool IsPlaceable => Status is SiloStatus.Active;

    /// <summary>It may have activations: it takes part in hand-overs, and its word counts for leases.</summary>
    public bool IsHolder => Status is SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping;

    public bool LeftByItself => Status is SiloStatus.Dead && (Voters.Length == 0 || (Voters.Length == 1 && Voters[0].Equals(Silo)));

    /// <summary>
    /// It has run its last turn, or was declared dead, and what it wrote last may still be on its way to the store. The row itself says
    /// so: it travels by the table and by every peer, and may arrive before anything that this silo sent.
    /// </summary>
    public bool MayWriteLate => Status is SiloStatus.Dead && Voters.Length > 0;
}
