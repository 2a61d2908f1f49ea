namespace Actors.Kafka;

/// <summary>What a broker answers.</summary>
public interface IKafkaResponse : IKafkaMessage
{
    /// <summary>The API that it belongs to.</summary>
    ApiKey ApiKey { get; }
}
