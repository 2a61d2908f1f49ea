using Orleans;
using Orleans.Runtime;

namespace Actors.Membership;

/// <summary>A membership table and its leases, of one moment.</summary>
/// <param name="Table">Rows and version.</param>
/// <param name="LeaseAges">For each silo of the table how long ago its lease was renewed; never negative.</param>
public sealed record LeasedMembership(MembershipTableData Table, IReadOnlyDictionary<SiloAddress, TimeSpan> LeaseAges);
