using Orleans;

namespace Actors.Runtime.Tests.Clusters;

/// <summary>A silo's address, and which activation there answered.</summary>
[GenerateSerializer, Immutable, Alias("test.silo-address-text")]
public sealed record SiloAddressText([property: Id(0)] string Silo, [property: Id(1)] string Activation);
