using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Actors.Grains.Partitions;

/// <summary>The replicas that are open on this silo, for those who bring and fetch data. Safe to use from any thread.</summary>
public sealed class ReplicaRegistry
{
    private readonly ConcurrentDictionary<PartitionId, Replica> _replicas = new();

    public int Count => _replicas.Count;

    /// <summary>All open replicas, in no order.</summary>
    public IEnumerable<Replica> Replicas => _replicas.Values;

    /// <summary>An open replica. It may be closed a moment later, and then refuses with NOT_LEADER_OR_FOLLOWER.</summary>
    public bool TryGet(PartitionId partition, [NotNullWhen(true)] out Replica? replica) => _replicas.TryGetValue(partition, out replica);

    /// <summary>Called by the owner after opening.</summary>
    internal void Add(Replica replica) => _replicas[replica.Id] = replica;

    /// <summary>Called by the owner before closing.</summary>
    internal void Remove(Replica replica) => _replicas.TryRemove(new KeyValuePair<PartitionId, Replica>(replica.Id, replica));
}
