namespace Actors.Kafka;

/// <summary>What a client asks.</summary>
public interface IKafkaRequest : IKafkaMessage
{
    /// <summary>The API that it belongs to.</summary>
    ApiKey ApiKey { get; }
}
