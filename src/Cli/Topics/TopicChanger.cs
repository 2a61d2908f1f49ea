using Actors.Cli.Cluster;
using Actors.Kafka;
using Actors.Kafka.Messages;

namespace Actors.Cli.Topics;

/// <summary>Creates and deletes topics.</summary>
internal static class TopicChanger
{
    private const int TimeoutMs = 30_000;
    private const short FirstVersionWithTopicIds = 6;

    /// <summary>Creates topics in one request.</summary>
    /// <exception cref="Kafka.Client.KafkaConnectionException">The connection or the request came to nothing.</exception>
    public static async Task<TopicChanges> CreateAsync(ClusterClient cluster, IReadOnlyList<string> names, TopicPlan plan, CancellationToken token)
    {
        var request = new CreateTopicsRequest
        {
            TimeoutMs = TimeoutMs,
            Topics = [.. names.Distinct().Select(name => new CreateTopicsRequest.CreatableTopic
            {
                Name = name,
                NumPartitions = plan.Partitions,
                ReplicationFactor = plan.ReplicationFactor,
                Configs = [.. plan.Configs.Select(config => new CreateTopicsRequest.CreatableTopicConfig { Name = config.Key, Value = config.Value })],
            })],
        };
        var response = await cluster.AskAsync(request, token);
        var answers = response.Topics.ToDictionary(topic => topic.Name, topic => (topic.ErrorCode, topic.ErrorMessage));
        return Collect(names, answers, "created");
    }

    /// <summary>Deletes topics in one request.</summary>
    /// <exception cref="Kafka.Client.KafkaConnectionException">The connection or the request came to nothing.</exception>
    public static async Task<TopicChanges> DeleteAsync(ClusterClient cluster, IReadOnlyList<string> names, CancellationToken token)
    {
        List<string> distinct = [.. names.Distinct()];
        var request = new DeleteTopicsRequest { TimeoutMs = TimeoutMs, TopicNames = distinct };
        if (cluster.HighestVersion(ApiKey.DeleteTopics) >= FirstVersionWithTopicIds)
        {
            request.Topics = [.. distinct.Select(name => new DeleteTopicsRequest.DeleteTopicState { Name = name })];
        }

        var response = await cluster.AskAsync(request, token);
        var answers = response.Responses.ToDictionary(topic => topic.Name ?? "", topic => (topic.ErrorCode, topic.ErrorMessage));
        return Collect(names, answers, "deleted");
    }

    private static TopicChanges Collect(IReadOnlyList<string> names, Dictionary<string, (ErrorCode Error, string? Message)> answers, string done) =>
        new([.. names.Distinct().Select(name => answers.TryGetValue(name, out var answer) && answer.Error == ErrorCode.None
            ? new TopicChange(name, true, null)
            : new TopicChange(name, false, Describe(name, answers.ContainsKey(name) ? answer : (ErrorCode.UnknownServerError, "The broker did not say what became of it"), done)))]);

    private static string Describe(string name, (ErrorCode Error, string? Message) answer, string done) =>
        Advice.For($"Topic '{name}' was not {done}", answer.Error, answer.Message);
}
