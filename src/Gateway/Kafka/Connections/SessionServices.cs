using Microsoft.Extensions.Logging;

namespace Actors.Gateway.Kafka;

/// <summary>What every connection shares.</summary>
internal sealed record SessionServices(
    KafkaGatewayOptions Options,
    ProduceServices Produce,
    ServedApis Served,
    ApiVersionsHandler ApiVersions,
    ByteBudget Arriving,
    ByteBudget Parsing,
    ProduceEvents Events,
    GatewayMetrics Metrics,
    TimeProvider Time,
    ILogger Logger);
