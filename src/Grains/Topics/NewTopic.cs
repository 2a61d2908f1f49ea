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
}
