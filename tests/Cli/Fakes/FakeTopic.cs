using Actors.Kafka.Messages;
using Actors.Log;

namespace Actors.Cli.Tests;

/// <summary>A topic in memory.</summary>
internal sealed class FakeTopic(string name, Guid id, int partitions)
{
    private readonly List<byte[]>[] _batches = [.. Enumerable.Range(0, partitions).Select(_ => new List<byte[]>())];

    public string Name { get; } = name;

    public Guid Id { get; set; } = id;

    public bool IsInternal { get; init; }

    public long Start { get; set; }

    public int ProduceRequests { get; set; }

    public List<(string Name, string? Value)> Configs { get; } = [];

    public int Partitions => _batches.Length;

    public List<byte[]> Batches(int partition) => _batches[partition];

    public long End(int partition) => _batches[partition].Count == 0 ? 0 : Header(_batches[partition][^1]).NextOffset;

    public void Append(int partition, byte[] batch)
    {
        RecordBatch.PatchOffsetAndEpoch(batch, End(partition), 3);
        _batches[partition].Add(batch);
    }

    /// <summary>Whole batches, and the beginning of one that does not fit, as Kafka may send it.</summary>
    public byte[] Read(int partition, long offset, int maxBytes)
    {
        byte[] all = [.. _batches[partition].Where(batch => Header(batch).NextOffset > offset).SelectMany(batch => batch)];
        return all.Length == 0 ? all : all[..Math.Min(all.Length, Math.Max(maxBytes, (int)Header(all).SizeBytes))];
    }

    public MetadataResponse.MetadataResponseTopic ToMetadata() => new()
    {
        Name = Name,
        TopicId = Id,
        IsInternal = IsInternal,
        Partitions = [.. Enumerable.Range(0, Partitions).Select(index => new MetadataResponse.MetadataResponsePartition
        {
            PartitionIndex = index,
            LeaderId = 1,
            LeaderEpoch = 3,
            ReplicaNodes = [1],
            IsrNodes = [1],
        })],
    };

    private static RecordBatchHeader Header(byte[] batch)
    {
        Assert.True(RecordBatchHeader.TryParse(batch, out var header));
        return header;
    }
}
