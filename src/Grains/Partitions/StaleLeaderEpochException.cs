namespace Actors.Grains.Partitions;

/// <summary>
/// The stored leader epoch is lower than one that the log has seen: the store was restored from an older copy. Leading under
/// it would write a second history of the same offsets and epochs (KIP-101), so the partition stays closed.
/// </summary>
public sealed class StaleLeaderEpochException(string topic, int partition, int storedEpoch, int seenEpoch) : Exception(
    $"{topic}-{partition}: the topic store says leader epoch {storedEpoch}, but its log has seen epoch {seenEpoch}. "
    + "The store is older than the log; raise the epoch in the store or restore a newer copy.")
{
    public string Topic { get; } = topic;
    public int Partition { get; } = partition;
    public int StoredEpoch { get; } = storedEpoch;
    public int SeenEpoch { get; } = seenEpoch;
}
