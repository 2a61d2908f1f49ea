using Actors.Grains.Overview;
using Actors.Silo.Health;

namespace Actors.Silo.Hosting;

/// <summary>Says what this silo is: its options and its health.</summary>
public sealed class SiloDescriber(SiloIdentity silo, SiloHealth health) : ISiloDescriber
{
    /// <inheritdoc/>
    public SiloDescription Describe() => new()
    {
        Name = silo.Name,
        NodeId = silo.NodeId,
        Version = silo.Version,
        Status = health.Status,
        Reasons = health.Reasons(),
        Kafka = silo.KafkaAddress,
        Http = silo.HttpAddress,
        StartedAt = silo.StartedAt,
    };
}
