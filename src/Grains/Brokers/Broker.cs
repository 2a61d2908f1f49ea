using Orleans;

namespace Actors.Grains;

/// <summary>A node as Kafka clients reach it.</summary>
/// <param name="NodeId">The node, which is also the broker's id.</param>
/// <param name="Host">The advertised host name or address.</param>
/// <param name="Port">The advertised port.</param>
[GenerateSerializer, Immutable, Alias("actors.broker.address")]
public sealed record Broker(
    [property: Id(0)] int NodeId,
    [property: Id(1)] string Host,
    [property: Id(2)] int Port);
