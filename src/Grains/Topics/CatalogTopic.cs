namespace Actors.Grains.Topics;

/// <summary>A topic in the catalog: its row, its partitions and its parsed configs. Immutable.</summary>
public sealed class CatalogTopic
{
    private readonly PartitionRow[] _partitions;

    /// <param name="stored">The partitions must be complete and in the order of their index.</param>
    public CatalogTopic(StoredTopic stored)
    {
        Row = stored.Topic;
        _partitions = [.. stored.Partitions];
        for (var index = 0; index < _partitions.Length; index++)
        {
            if (_partitions[index].Index != index || _partitions[index].TopicId != Row.Id)
            {
                throw new ArgumentException($"Partition {index} of topic {Row.Name} is missing or out of place.", nameof(stored));
            }
        }

        Config = TopicConfig.From(Row.Configs);
    }

    public TopicRow Row { get; }
    public Guid Id => Row.Id;
    public string Name => Row.Name;
    public TopicConfig Config { get; }
    public IReadOnlyList<PartitionRow> Partitions => _partitions;
    public int PartitionCount => _partitions.Length;

    private int HighestLeaderEpoch => _partitions.Max(row => row.LeaderEpoch);

    /// <summary>What is newer of this and what was known of the name before: one of them, or parts of both.</summary>
    internal CatalogTopic Over(CatalogTopic? former)
    {
        if (former is null)
            return this;
        if (former.Id != Id)
            return HighestLeaderEpoch > former.HighestLeaderEpoch ? this : former;
        var row = Row.ConfigEpoch > former.Row.ConfigEpoch ? Row : former.Row;
        PartitionRow[] partitions =
        [
            .. former._partitions.Select(known => TryGetPartition(known.Index, out var mine) && mine.PartitionEpoch > known.PartitionEpoch ? mine : known),
            .. _partitions.Skip(former._partitions.Length),
        ];
        return ReferenceEquals(row, former.Row) && partitions.SequenceEqual(former._partitions, ReferenceEqualityComparer.Instance)
            ? former
            : new CatalogTopic(new StoredTopic(row, partitions));
    }

    /// <summary>The partition's row; false when the topic has no such partition.</summary>
    public bool TryGetPartition(int index, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PartitionRow? row)
    {
        row = (uint)index < (uint)_partitions.Length ? _partitions[index] : null;
        return row is not null;
    }
}
