using System.Globalization;
using Actors.Grains;
using Actors.Grains.Topics;
using Actors.Kafka;
using Actors.Kafka.Messages;

namespace Actors.Gateway.Kafka;

/// <summary>Shows what topics are configured with. Source: KIP-133, KIP-226 for synonyms, KIP-569 for types and documentation.</summary>
/// <remarks>A resource that is named twice is shown once, as its first mention wants it. A broker has no configs of this kind: its options belong to the process that was started with them.</remarks>
public sealed class DescribeConfigsHandler(TopicCatalog catalog, IBrokerDirectory brokers) : MessageHandler<DescribeConfigsRequest>
{
    private const sbyte TopicResource = 2;
    private const sbyte BrokerResource = 4;

    /// <inheritdoc/>
    public override ApiKey Key => ApiKey.DescribeConfigs;

    /// <inheritdoc/>
    public override short MinVersion => 0;

    /// <inheritdoc/>
    public override short MaxVersion => 4;

    /// <inheritdoc/>
    protected override ValueTask<IKafkaResponse> AnswerAsync(DescribeConfigsRequest message, KafkaRequest request, CancellationToken token)
    {
        var response = new DescribeConfigsResponse();
        foreach (var resource in message.Resources.DistinctBy(resource => (resource.ResourceType, resource.ResourceName)))
        {
            response.Results.Add(Describe(resource, message, request.Version));
        }

        return ValueTask.FromResult<IKafkaResponse>(response);
    }

    private DescribeConfigsResponse.DescribeConfigsResult Describe(DescribeConfigsRequest.DescribeConfigsResource resource, DescribeConfigsRequest request, short version)
    {
        var result = new DescribeConfigsResponse.DescribeConfigsResult { ResourceType = resource.ResourceType, ResourceName = resource.ResourceName };
        switch (resource.ResourceType)
        {
            case TopicResource when catalog.Current.TryGet(resource.ResourceName, out var topic):
                var wanted = resource.ConfigurationKeys?.ToHashSet(StringComparer.Ordinal);
                result.Configs =
                [
                    .. TopicConfigDefinition.All
                        .Where(definition => wanted is null || wanted.Contains(definition.Name))
                        .Select(definition => ToConfig(definition, topic.Row.Configs, request, version)),
                ];
                break;
            case TopicResource:
                result.ErrorCode = ErrorCode.UnknownTopicOrPartition;
                result.ErrorMessage = $"There is no topic {resource.ResourceName}.";
                break;
            case BrokerResource when IsLocal(resource.ResourceName):
                break;
            default:
                result.ErrorCode = ErrorCode.InvalidRequest;
                result.ErrorMessage = $"Resource {resource.ResourceName} of type {resource.ResourceType} has no configs here.";
                break;
        }

        return result;
    }

    private bool IsLocal(string name) => name.Length == 0 || name == brokers.LocalNodeId.ToString(CultureInfo.InvariantCulture);

    private static DescribeConfigsResponse.DescribeConfigsResourceResult ToConfig(
        TopicConfigDefinition definition, IReadOnlyDictionary<string, string> set, DescribeConfigsRequest request, short version)
    {
        var isSet = set.TryGetValue(definition.Name, out var value);
        var config = new DescribeConfigsResponse.DescribeConfigsResourceResult
        {
            Name = definition.Name,
            Value = isSet ? value : definition.Default,
            ConfigSource = isSet ? TopicResults.SetForTopic : TopicResults.Default,
            ConfigType = (sbyte)definition.Type,
            Documentation = request.IncludeDocumentation ? definition.Documentation : null,
        };
        if (version == 0)
        {
            config.IsDefault = !isSet;
        }

        if (request.IncludeSynonyms)
        {
            config.Synonyms = isSet
                ? [Synonym(definition.Name, value, TopicResults.SetForTopic), Synonym(definition.Name, definition.Default, TopicResults.Default)]
                : [Synonym(definition.Name, definition.Default, TopicResults.Default)];
        }

        return config;
    }

    private static DescribeConfigsResponse.DescribeConfigsSynonym Synonym(string name, string? value, sbyte source) => new() { Name = name, Value = value, Source = source };
}
