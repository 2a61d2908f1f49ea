using Actors.Cli.Cluster;
using Actors.Cli.Topics;

namespace Actors.Cli.Bench;

/// <summary>Sees that a benchmark's topic exists.</summary>
internal static class BenchTopic
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LeaderTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The topic with a leader for every partition; created when it is missing.</summary>
    /// <exception cref="CliException">It cannot be created, has other partitions than asked for, or gets no leaders in time.</exception>
    public static async Task<(TopicMetadata Topic, bool IsNew)> EnsureAsync(
        ClusterClient cluster, BenchTarget target, int partitionsWhenNew, TimeProvider time, CancellationToken token)
    {
        var isNew = false;
        if (await cluster.FindTopicAsync(target.Topic, token) is not { } topic)
        {
            var plan = new TopicPlan(target.Partitions ?? partitionsWhenNew, target.ReplicationFactor, []);
            var change = (await TopicChanger.CreateAsync(cluster, [target.Topic], plan, token)).Topics[0];
            if (!change.Succeeded)
            {
                throw new CliException(change.Error!);
            }

            isNew = true;
            topic = await WaitForLeadersAsync(cluster, target.Topic, plan.Partitions, time, token);
        }

        if (target.Partitions is { } wanted && wanted > topic.Partitions.Count)
        {
            throw new CliException($"Topic '{topic.Name}' has {topic.Partitions.Count} partitions, not {wanted}: name another topic with --topic, or leave --partitions out.");
        }

        if (target.Partitions is { } some && some < topic.Partitions.Count)
        {
            topic = topic with { Partitions = [.. topic.Partitions.Take(some)] };
        }

        topic.RequireLeaders();
        return (topic, isNew);
    }

    private static async Task<TopicMetadata> WaitForLeadersAsync(
        ClusterClient cluster, string name, int partitions, TimeProvider time, CancellationToken token)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            var topic = await cluster.FindTopicAsync(name, token);
            if (topic is not null && topic.Partitions.Count >= partitions && topic.Partitions.All(partition => partition.Address is not null))
            {
                return topic;
            }

            if (time.GetElapsedTime(start) > LeaderTimeout)
            {
                throw new CliException($"Topic '{name}' was created, but not every partition got a leader within {LeaderTimeout.TotalSeconds} s: see 'actors status'.");
            }

            await Task.Delay(RetryInterval, time, token);
        }
    }
}
