using Actors.Grains.Topics;
using Actors.Kafka;
using Actors.Kafka.Messages;

namespace Actors.Gateway.Kafka;

/// <summary>Gives idempotent producers their ids. Source: KIP-98, KIP-360.</summary>
/// <remarks>An idempotent producer that comes with an id of before gets a new one, as in Kafka: only transactional ids keep theirs.</remarks>
public sealed class InitProducerIdHandler(ProducerIds ids, OutageLog outages) : MessageHandler<InitProducerIdRequest>
{
    /// <inheritdoc/>
    public override ApiKey Key => ApiKey.InitProducerId;

    /// <inheritdoc/>
    public override short MinVersion => 0;

    /// <inheritdoc/>
    public override short MaxVersion => 4;

    /// <inheritdoc/>
    protected override async ValueTask<IKafkaResponse> AnswerAsync(InitProducerIdRequest message, KafkaRequest request, CancellationToken token)
    {
        if (message.TransactionalId is { } transactionalId)
        {
            return new InitProducerIdResponse
            {
                ErrorCode = transactionalId.Length == 0 ? ErrorCode.InvalidRequest : ErrorCode.TransactionalIdAuthorizationFailed,
            };
        }

        try
        {
            return new InitProducerIdResponse { ProducerId = await ids.NextAsync(token), ProducerEpoch = 0 };
        }
        catch (TopicStoreException failure)
        {
            outages.NoProducerId(failure);
            return new InitProducerIdResponse { ErrorCode = ErrorCode.CoordinatorNotAvailable };
        }
    }
}
