using Actors.Kafka;

namespace Actors.Gateway.Kafka;

/// <summary>A handler whose request and response are generated messages.</summary>
/// <typeparam name="TRequest">The request, read before <see cref="AnswerAsync"/> is called.</typeparam>
public abstract class MessageHandler<TRequest> : IKafkaHandler
    where TRequest : class, IKafkaMessage<TRequest>
{
    /// <inheritdoc/>
    public abstract ApiKey Key { get; }

    /// <inheritdoc/>
    public abstract short MinVersion { get; }

    /// <inheritdoc/>
    public abstract short MaxVersion { get; }

    /// <inheritdoc/>
    public virtual bool Overlaps => false;

    /// <inheritdoc/>
    public async ValueTask HandleAsync(KafkaRequest request, CancellationToken token) =>
        request.Reply(await AnswerAsync(request.Read<TRequest>(), request, token));

    /// <summary>Answers the request. An expected failure is an error code in the response.</summary>
    protected abstract ValueTask<IKafkaResponse> AnswerAsync(TRequest message, KafkaRequest request, CancellationToken token);
}
