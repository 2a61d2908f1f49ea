using Actors.Grains.Topics;
using Actors.Kafka.Messages;
using Orleans.Runtime;
using ErrorCode = Actors.Kafka.ErrorCode;

namespace Actors.Gateway.Kafka;

/// <summary>Turns the controller's answers into the protocol's.</summary>
internal static class TopicResults
{
    /// <summary>Where a config's value comes from (ConfigEntry.ConfigSource).</summary>
    public const sbyte SetForTopic = 1;

    /// <summary>The broker's default.</summary>
    public const sbyte Default = 5;

    /// <summary>Whether the controller could not take or finish a call: it is busy, away, or late.</summary>
    public static bool IsOutage(Exception failure) => failure is LimitExceededException or OrleansMessageRejectionException or TimeoutException;

    /// <summary>What a client hears of an outage. Only a late call may have changed something.</summary>
    public static TopicAnswer Outage(string? name, Guid topicId, Exception failure) => new()
    {
        Name = name,
        TopicId = topicId,
        ErrorCode = (short)(failure is TimeoutException ? ErrorCode.RequestTimedOut : ErrorCode.NotController),
        ErrorMessage = failure is TimeoutException
            ? "The controller did not answer in time; whether the change was made is not known."
            : "The controller cannot take the request now; nothing was changed.",
    };

    /// <summary>One created, or refused, topic.</summary>
    public static CreateTopicsResponse.CreatableTopicResult Created(TopicAnswer answer)
    {
        var result = new CreateTopicsResponse.CreatableTopicResult
        {
            Name = answer.Name ?? string.Empty,
            TopicId = answer.TopicId,
            ErrorCode = (ErrorCode)answer.ErrorCode,
            ErrorMessage = answer.ErrorMessage,
        };
        if (result.ErrorCode == ErrorCode.None)
        {
            result.NumPartitions = answer.PartitionCount;
            result.ReplicationFactor = (short)answer.ReplicationFactor;
            result.Configs = [.. TopicConfigDefinition.All.Select(definition => ToConfig(definition, answer.Configs))];
        }
        else
        {
            result.Configs = null;
        }

        return result;
    }

    private static CreateTopicsResponse.CreatableTopicConfigs ToConfig(TopicConfigDefinition definition, IReadOnlyDictionary<string, string> set) => new()
    {
        Name = definition.Name,
        Value = set.GetValueOrDefault(definition.Name, definition.Default),
        ConfigSource = set.ContainsKey(definition.Name) ? SetForTopic : Default,
    };
}
