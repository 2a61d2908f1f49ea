namespace Actors.Kafka;

/// <summary>What a client asks, with the kind of its answer.</summary>
/// <typeparam name="TResponse">The class of the answer.</typeparam>
public interface IKafkaRequest<TResponse> : IKafkaRequest
    where TResponse : class, IKafkaResponse, IKafkaMessage<TResponse>;
