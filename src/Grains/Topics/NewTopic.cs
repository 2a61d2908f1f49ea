namespace Actors.Grains.Topics;

/// <summary>A topic to be stored, checked by the controller: the name is free of collisions, the placement is complete.</summary>
public sealed record NewTopic
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }
    public required IReadOnlyDictionary<string, string> Configs { get; init; }
    public bool IsInternal { get; init; }

    /// <summary>Node ids per partition, in the order of preference; the first one becomes the leader.</summary>
    public required IReadOnlyList<IReadOnlyList<int>> Placement { get; init; }

    /// <summary>The topic as it is stored first: every partition is led by its first node, and all its nodes have what it holds.</summary>
    /// <param name="highestEpoch">The highest leader epoch that a topic of this name had; null: there was none.</param>
    /// <param name="incarnations">The run of each node that is known.</param>
    public StoredTopic ToStored(int? highestEpoch, IReadOnlyDictionary<int, long> incarnations) => new(
        new TopicRow { Id = Id, Name = Name, Configs = Configs, IsInternal = IsInternal },
        [.. Placement.Select((nodes, index) => new PartitionRow
        {
            TopicId = Id,
            Index = index,
            Replicas = nodes,
            LeaderId = nodes[0],
            LeaderEpoch = highestEpoch + 1 ?? 0,
            LeaderIncarnation = incarnations.GetValueOrDefault(nodes[0]),
            InSyncReplicas = nodes,
            PartitionEpoch = 0,
        })]);
}
