using Actors.Grains;
using Actors.Kafka;
using Actors.Kafka.Messages;

namespace Actors.Gateway.Kafka;

/// <summary>Names the nodes. Source: KIP-700; end point types: KIP-919.</summary>
public sealed class DescribeClusterHandler(IBrokerDirectory brokers, BrokerStartup cluster) : MessageHandler<DescribeClusterRequest>
{
    private const sbyte Brokers = 1;

    /// <inheritdoc/>
    public override ApiKey Key => ApiKey.DescribeCluster;

    /// <inheritdoc/>
    public override short MinVersion => 0;

    /// <inheritdoc/>
    public override short MaxVersion => 1;

    /// <inheritdoc/>
    protected override ValueTask<IKafkaResponse> AnswerAsync(DescribeClusterRequest message, KafkaRequest request, CancellationToken token)
    {
        var response = new DescribeClusterResponse { ClusterId = cluster.ClusterId, EndpointType = message.EndpointType };
        if (message.EndpointType != Brokers)
        {
            response.ErrorCode = ErrorCode.UnsupportedEndpointType;
            response.ErrorMessage = "Controllers have no listener of their own; ask for brokers (type 1).";
            return ValueTask.FromResult<IKafkaResponse>(response);
        }

        response.ControllerId = brokers.ControllerId;
        response.Brokers = [.. brokers.LiveBrokers.Select(broker => new DescribeClusterResponse.DescribeClusterBroker { BrokerId = broker.NodeId, Host = broker.Host, Port = broker.Port })];
        return ValueTask.FromResult<IKafkaResponse>(response);
    }
}
