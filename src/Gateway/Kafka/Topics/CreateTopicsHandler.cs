using Actors.Grains.Topics;
using Actors.Kafka;
using Actors.Kafka.Messages;
using Orleans;

namespace Actors.Gateway.Kafka;

/// <summary>Creates topics through the controller. Source: KIP-4, KIP-525 for the configs in the answer.</summary>
public sealed class CreateTopicsHandler(IGrainFactory grains) : MessageHandler<CreateTopicsRequest>
{
    /// <inheritdoc/>
    public override ApiKey Key => ApiKey.CreateTopics;

    /// <inheritdoc/>
    public override short MinVersion => 0;

    /// <inheritdoc/>
    public override short MaxVersion => 7;

    /// <inheritdoc/>
    protected override async ValueTask<IKafkaResponse> AnswerAsync(CreateTopicsRequest message, KafkaRequest request, CancellationToken token)
    {
        try
        {
            var answer = await grains.GetGrain<IControllerGrain>(IControllerGrain.Key).CreateTopics(new CreateTopicsCommand
            {
                ValidateOnly = message.ValidateOnly,
                Topics = [.. message.Topics.Select(ToWish)],
            });
            return new CreateTopicsResponse { Topics = [.. answer.Topics.Select(TopicResults.Created)] };
        }
        catch (Exception failure) when (TopicResults.IsOutage(failure))
        {
            return new CreateTopicsResponse { Topics = [.. message.Topics.Select(topic => TopicResults.Created(TopicResults.Outage(topic.Name, Guid.Empty, failure)))] };
        }
    }

    private static TopicWish ToWish(CreateTopicsRequest.CreatableTopic topic) => new()
    {
        Name = topic.Name,
        PartitionCount = topic.NumPartitions,
        ReplicationFactor = topic.ReplicationFactor,
        Placement = [.. topic.Assignments.Select(assignment => new PartitionPlacement { Index = assignment.PartitionIndex, NodeIds = [.. assignment.BrokerIds] })],
        Configs = [.. topic.Configs.Select(config => new ConfigWish { Name = config.Name, Value = config.Value })],
    };
}
