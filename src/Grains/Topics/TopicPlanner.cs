using Actors.Kafka;

namespace Actors.Grains.Topics;

/// <summary>
/// Decides which wishes become topics: names, counts, placement and configs are checked against what exists. A plain
/// calculation without I/O; the controller stores what it decides.
/// </summary>
public sealed class TopicPlanner(TopicOptions options, IdSource ids)
{
    /// <summary>One wish, decided: a topic to store, or the refusal that the client gets.</summary>
    public readonly record struct Plan(TopicWish Wish, NewTopic? Topic, ErrorCode Error, string? Message);

    /// <summary>Decides every wish of <paramref name="command"/>, in its order.</summary>
    /// <param name="liveNodeIds">Nodes that can hold replicas, in the order of their ids.</param>
    public IReadOnlyList<Plan> Decide(CreateTopicsCommand command, TopicCatalogSnapshot catalog, IReadOnlyList<int> liveNodeIds)
    {
        var repeated = command.Topics.CountBy(wish => wish.Name, StringComparer.Ordinal)
            .Where(pair => pair.Value > 1).Select(pair => pair.Key).ToHashSet(StringComparer.Ordinal);
        var newNames = new Dictionary<string, string>(StringComparer.Ordinal);
        var plans = new List<Plan>(command.Topics.Count);
        long partitions = 0;
        foreach (var wish in command.Topics)
        {
            var plan = repeated.Contains(wish.Name)
                ? Refuse(wish, ErrorCode.InvalidRequest, "The request names this topic more than once.")
                : Decide(wish, command.AllowInternal, catalog, newNames, liveNodeIds, ref partitions);
            if (plan.Topic is not null)
                newNames[TopicNames.CollisionKey(wish.Name)] = wish.Name;
            plans.Add(plan);
        }

        return plans;
    }

    private Plan Decide(
        TopicWish wish,
        bool allowInternal,
        TopicCatalogSnapshot catalog,
        Dictionary<string, string> newNames,
        IReadOnlyList<int> liveNodeIds,
        ref long partitions)
    {
        if (TopicNames.Refusal(wish.Name) is { } badName)
            return Refuse(wish, ErrorCode.InvalidTopicException, badName);
        if (TopicNames.IsInternal(wish.Name) && !allowInternal)
            return Refuse(wish, ErrorCode.InvalidTopicException, $"{wish.Name} is created by the broker itself.");
        if (catalog.TryGet(wish.Name, out _))
            return Refuse(wish, ErrorCode.TopicAlreadyExists, $"Topic '{wish.Name}' already exists.");
        var collision = catalog.CollidingName(wish.Name) ?? newNames.GetValueOrDefault(TopicNames.CollisionKey(wish.Name));
        if (collision is not null)
            return Refuse(wish, ErrorCode.InvalidTopicException, $"Topic '{wish.Name}' collides with topic '{collision}': '.' and '_' count as equal.");

        var (error, message) = Place(wish, liveNodeIds, ref partitions, out var placement);
        if (error != ErrorCode.None)
            return Refuse(wish, error, message);
        if (ConfigRefusal(wish) is { } badConfig)
            return Refuse(wish, ErrorCode.InvalidConfig, badConfig);

        var topic = new NewTopic
        {
            Id = ids.NextGuid(),
            Name = wish.Name,
            Configs = wish.Configs.ToDictionary(config => config.Name, config => config.Value!, StringComparer.Ordinal),
            IsInternal = TopicNames.IsInternal(wish.Name),
            Placement = placement,
        };
        return new Plan(wish, topic, ErrorCode.None, null);
    }

    private (ErrorCode Error, string? Message) Place(
        TopicWish wish, IReadOnlyList<int> liveNodeIds, ref long partitions, out IReadOnlyList<IReadOnlyList<int>> placement)
    {
        placement = [];
        if (wish.Placement.Count > 0)
        {
            if (wish.PartitionCount != TopicWish.UseDefault || wish.ReplicationFactor != TopicWish.UseDefault)
                return (ErrorCode.InvalidRequest, "A placement by hand excludes a partition count and a replication factor.");
            if (!Fits(wish.Placement.Count, ref partitions))
                return TooMany();
            if (PlacementByHand.Check(wish.Placement, liveNodeIds, out placement) is { } badPlacement)
                return (ErrorCode.InvalidReplicaAssignment, badPlacement);
            return placement[0].Count > options.MaxReplicationFactor
                ? (ErrorCode.InvalidReplicationFactor, TooManyReplicas(placement[0].Count))
                : (ErrorCode.None, null);
        }

        var count = wish.PartitionCount == TopicWish.UseDefault ? options.DefaultPartitions : wish.PartitionCount;
        var factor = wish.ReplicationFactor == TopicWish.UseDefault ? options.DefaultReplicationFactor : wish.ReplicationFactor;
        if (count <= 0)
            return (ErrorCode.InvalidPartitions, $"A topic has at least 1 partition; {count} were asked for.");
        if (factor <= 0)
            return (ErrorCode.InvalidReplicationFactor, $"A partition has at least 1 replica; {factor} were asked for.");
        if (factor > options.MaxReplicationFactor)
            return (ErrorCode.InvalidReplicationFactor, TooManyReplicas(factor));
        if (factor > liveNodeIds.Count)
            return (ErrorCode.InvalidReplicationFactor, $"{factor} replicas were asked for, and {liveNodeIds.Count} nodes live.");
        if (!Fits(count, ref partitions))
            return TooMany();

        placement = PlaceInTurn(count, factor, liveNodeIds);
        return (ErrorCode.None, null);
    }

    private bool Fits(int count, ref long partitions)
    {
        partitions += count;
        return partitions <= options.MaxPartitionsPerRequest;
    }

    private string TooManyReplicas(int factor) => options.MaxReplicationFactor == 1
        ? $"This version keeps one copy of each partition; {factor} replicas were asked for."
        : $"A partition has at most {options.MaxReplicationFactor} replicas; {factor} were asked for.";

    private (ErrorCode Error, string? Message) TooMany() =>
        (ErrorCode.PolicyViolation, $"One request creates at most {options.MaxPartitionsPerRequest} partitions.");

    /// <summary>Leaders go round the nodes from a random one on; followers are the next nodes after their leader.</summary>
    private IReadOnlyList<int>[] PlaceInTurn(int count, int factor, IReadOnlyList<int> nodeIds)
    {
        var start = ids.NextInt(nodeIds.Count);
        var placement = new IReadOnlyList<int>[count];
        for (var index = 0; index < count; index++)
        {
            var replicas = new int[factor];
            for (var replica = 0; replica < factor; replica++)
                replicas[replica] = nodeIds[(int)(((long)start + index + replica) % nodeIds.Count)];
            placement[index] = replicas;
        }

        return placement;
    }

    private static string? ConfigRefusal(TopicWish wish)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var config in wish.Configs)
        {
            if (!names.Add(config.Name))
                return $"The request sets {config.Name} more than once.";
        }

        return TopicConfig.Refusal(wish.Configs.Select(config => new KeyValuePair<string, string?>(config.Name, config.Value)));
    }

    private static Plan Refuse(TopicWish wish, ErrorCode error, string? message) => new(wish, null, error, message);
}
