using Actors.Grains;
using Actors.Grains.Groups;
using Actors.Kafka;
using Actors.Kafka.Messages;

namespace Actors.Gateway.Kafka;

/// <summary>Says which node coordinates a group. Source: KIP-699 for many keys at once.</summary>
/// <remarks>
/// There are no transactions yet: their coordinator is answered with a fatal error, because clients ask again until they time out
/// when they hear COORDINATOR_NOT_AVAILABLE.
/// </remarks>
public sealed class FindCoordinatorHandler(GroupCoordinator groups, IBrokerDirectory brokers) : MessageHandler<FindCoordinatorRequest>
{
    private const sbyte GroupKey = 0;
    private const sbyte TransactionKey = 1;
    private const short FirstVersionWithManyKeys = 4;

    /// <inheritdoc/>
    public override ApiKey Key => ApiKey.FindCoordinator;

    /// <inheritdoc/>
    public override short MinVersion => 0;

    /// <inheritdoc/>
    public override short MaxVersion => 6;

    /// <inheritdoc/>
    protected override async ValueTask<IKafkaResponse> AnswerAsync(FindCoordinatorRequest message, KafkaRequest request, CancellationToken token)
    {
        if (request.Version < FirstVersionWithManyKeys)
        {
            var found = await FindAsync(message.KeyType, message.Key, token);
            return new FindCoordinatorResponse
            {
                ErrorCode = found.ErrorCode,
                ErrorMessage = found.ErrorMessage,
                NodeId = found.NodeId,
                Host = found.Host,
                Port = found.Port,
            };
        }

        var response = new FindCoordinatorResponse();
        foreach (var key in message.CoordinatorKeys.Distinct(StringComparer.Ordinal))
        {
            response.Coordinators.Add(await FindAsync(message.KeyType, key, token));
        }

        return response;
    }

    private async Task<FindCoordinatorResponse.Coordinator> FindAsync(sbyte keyType, string key, CancellationToken token)
    {
        if (keyType == TransactionKey)
        {
            return Refuse(key, ErrorCode.TransactionalIdAuthorizationFailed, "This broker has no transactions yet.");
        }

        if (keyType != GroupKey)
        {
            return Refuse(key, ErrorCode.InvalidRequest, $"There are no coordinators of type {keyType}.");
        }

        var location = await groups.FindAsync(key, token);
        if (location.Error != ErrorCode.None)
        {
            return Refuse(key, location.Error, null);
        }

        return brokers.LiveBrokers.FirstOrDefault(broker => broker.NodeId == location.NodeId) is { } node
            ? new FindCoordinatorResponse.Coordinator { Key = key, NodeId = node.NodeId, Host = node.Host, Port = node.Port }
            : Refuse(key, ErrorCode.CoordinatorNotAvailable, $"Node {location.NodeId} is away.");
    }

    private static FindCoordinatorResponse.Coordinator Refuse(string key, ErrorCode error, string? message) =>
        new() { Key = key, NodeId = -1, Port = -1, ErrorCode = error, ErrorMessage = message };
}
