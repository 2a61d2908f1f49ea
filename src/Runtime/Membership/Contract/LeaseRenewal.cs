using Orleans.Runtime;

namespace Actors.Membership;

/// <summary>What a silo learns when it renews its lease.</summary>
/// <param name="TableVersion">The table's version.</param>
/// <param name="Status">The silo's status in the table; a dead one's lease was not renewed.</param>
public readonly record struct LeaseRenewal(int TableVersion, SiloStatus Status);
