using Actors.Grains.Partitions;
using Actors.Grains.Topics;

namespace Actors.Gateway.Kafka;

/// <summary>The batches of one read of a connection that go to one partition, in their order.</summary>
internal sealed class PartitionGroup
{
    private PendingAppend[] _appends = new PendingAppend[16];
    private int _taken;
    private int _count;

    /// <summary>The topic whose partition it is.</summary>
    public CatalogTopic Topic { get; private set; } = null!;

    /// <summary>The partition.</summary>
    public PartitionId Partition { get; private set; }

    /// <summary>The first batch that was not taken yet.</summary>
    public ProduceEntry First => (ProduceEntry)_appends[_taken];

    /// <summary>What goes into the one append, without what was taken already.</summary>
    public ReadOnlySpan<PendingAppend> Appends => _appends.AsSpan(_taken, _count - _taken);

    /// <summary>Makes the group new for a partition.</summary>
    public void Begin(CatalogTopic topic, PartitionId partition) => (Topic, Partition, _taken, _count) = (topic, partition, 0, 0);

    /// <summary>Puts a batch behind the others.</summary>
    public void Add(PendingAppend append)
    {
        if (_count == _appends.Length)
        {
            Array.Resize(ref _appends, _count * 2);
        }

        _appends[_count++] = append;
    }

    /// <summary>The replica has taken so many batches from the front.</summary>
    /// <returns>Whether it has all of them now.</returns>
    public bool Took(int count) => (_taken += count) == _count;

    /// <summary>Forgets the batches, which the replica has now.</summary>
    public void Clear()
    {
        Array.Clear(_appends, 0, _count);
        _count = _taken = 0;
    }
}
