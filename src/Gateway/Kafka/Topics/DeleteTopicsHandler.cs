using Actors.Grains.Topics;
using Actors.Kafka;
using Actors.Kafka.Messages;
using Orleans;
using ErrorCode = Actors.Kafka.ErrorCode;

namespace Actors.Gateway.Kafka;

/// <summary>Deletes topics, by name or, from version 6 on, by id. Source: KIP-4, KIP-516.</summary>
public sealed class DeleteTopicsHandler(IGrainFactory grains) : MessageHandler<DeleteTopicsRequest>
{
    private const short FirstVersionWithIds = 6;

    /// <inheritdoc/>
    public override ApiKey Key => ApiKey.DeleteTopics;

    /// <inheritdoc/>
    public override short MinVersion => 0;

    /// <inheritdoc/>
    public override short MaxVersion => 6;

    /// <inheritdoc/>
    protected override async ValueTask<IKafkaResponse> AnswerAsync(DeleteTopicsRequest message, KafkaRequest request, CancellationToken token)
    {
        IEnumerable<TopicReference> topics = request.Version >= FirstVersionWithIds
            ? message.Topics.Select(topic => new TopicReference { Name = topic.Name, TopicId = topic.TopicId })
            : message.TopicNames.Select(name => new TopicReference { Name = name });
        var command = new DeleteTopicsCommand { Topics = [.. topics] };
        IReadOnlyList<TopicAnswer> answers;
        try
        {
            answers = (await grains.GetGrain<IControllerGrain>(IControllerGrain.Key).DeleteTopics(command)).Topics;
        }
        catch (Exception failure) when (TopicResults.IsOutage(failure))
        {
            answers = [.. command.Topics.Select(topic => TopicResults.Outage(topic.Name, topic.TopicId, failure))];
        }

        return new DeleteTopicsResponse { Responses = [.. answers.Select(topic => ToResult(topic, request.Version))] };
    }

    private static DeleteTopicsResponse.DeletableTopicResult ToResult(TopicAnswer topic, short version) => new()
    {
        // Only versions with ids may leave the name out.
        Name = version >= FirstVersionWithIds ? topic.Name : topic.Name ?? string.Empty,
        TopicId = topic.TopicId,
        ErrorCode = (ErrorCode)topic.ErrorCode,
        ErrorMessage = topic.ErrorMessage,
    };
}
