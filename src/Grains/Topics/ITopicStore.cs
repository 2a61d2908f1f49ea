namespace Actors.Grains.Topics;

/// <summary>
/// Where topics, partitions, configs and producer-id blocks are kept. It is needed to change who leads and what exists,
/// never to produce or to fetch.
/// </summary>
/// <remarks>
/// Every method is one transaction that is durable when its task completes, and safe to call from any thread. An answer
/// that a caller can expect (a name that exists, a row that has moved on) is a value; anything else is a
/// <see cref="TopicStoreException"/> that says whether the change may have happened. Cancelling stops the caller's
/// waiting; a change that was already sent is then <see cref="StoreOutcome.Unknown"/>.
/// </remarks>
public interface ITopicStore
{
    /// <summary>
    /// Announces a process start: makes the cluster id at the first call ever, counts the node's incarnation up, remembers
    /// <paramref name="storageId"/>, and gives every partition that the node leads the new incarnation with a leader epoch
    /// and a partition epoch one higher (a restarted process appends under an epoch of its own).
    /// </summary>
    /// <param name="newClusterId">Used only when the store has no cluster id yet.</param>
    /// <param name="force">False: when the node's stored storage id differs, only report it and change nothing.</param>
    Task<NodeStart> StartNodeAsync(int nodeId, Guid storageId, Guid newClusterId, bool force, CancellationToken token);

    /// <summary>Every node that has ever started, by number.</summary>
    Task<IReadOnlyList<StoredNode>> LoadNodesAsync(CancellationToken token);

    /// <summary>
    /// Says that a node has another log storage from now on: its former one is lost, and its next start may come with the new one. Whoever
    /// asks knows that the node does not run.
    /// </summary>
    /// <param name="former">The storage that the node is known with.</param>
    /// <param name="accepted">The storage that it may start with.</param>
    /// <returns>True when stored; false when the node is known with another storage, or not at all, and nothing was changed.</returns>
    Task<bool> TryAcceptStorageAsync(int nodeId, Guid former, Guid accepted, CancellationToken token);

    /// <summary>Everything that is stored; topics in the order of their names (ordinal).</summary>
    Task<IReadOnlyList<StoredTopic>> LoadAsync(CancellationToken token);

    /// <summary>
    /// Stores topics with all of their partitions: leader = first replica, in-sync set = replicas, incarnation = the stored
    /// one of the leader's node (0 when it never started), and as leader epoch one more than the highest that any topic of
    /// that name has ever had, 0 for a new name. One transaction for all.
    /// </summary>
    /// <returns>In the order of <paramref name="topics"/>: what was stored, or null where the name existed already.</returns>
    Task<IReadOnlyList<StoredTopic?>> CreateTopicsAsync(IReadOnlyList<NewTopic> topics, CancellationToken token);

    /// <summary>
    /// Removes topics and their partitions; what a later topic of the name needs (its highest leader epoch) stays, and so does the
    /// deletion itself, until <see cref="FinishDeletionsAsync"/>.
    /// </summary>
    /// <returns>In the order of <paramref name="topicIds"/>: whether this call removed it.</returns>
    Task<IReadOnlyList<bool>> DeleteTopicsAsync(IReadOnlyList<Guid> topicIds, CancellationToken token);

    /// <summary>Deletions that were not finished, in no particular order.</summary>
    Task<IReadOnlyList<DeletedTopic>> LoadDeletionsAsync(CancellationToken token);

    /// <summary>Forgets deletions: nothing of these topics is left anywhere. Ids that are not listed are ignored.</summary>
    Task FinishDeletionsAsync(IReadOnlyList<Guid> topicIds, CancellationToken token);

    /// <summary>
    /// Replaces a partition's row when its stored leader epoch and partition epoch are those of <paramref name="expected"/>.
    /// The new partition epoch must be the expected one plus 1, and the leader epoch must not be lower.
    /// </summary>
    /// <returns>True when stored; false when the row has moved on or is gone, and nothing was changed.</returns>
    Task<bool> TryChangePartitionAsync(PartitionRow expected, PartitionRow next, CancellationToken token);

    /// <summary>Replaces a topic's configs when its stored epoch is <paramref name="expectedConfigEpoch"/>, and counts it up.</summary>
    /// <returns>True when stored; false when the row has moved on or is gone, and nothing was changed.</returns>
    Task<bool> TryChangeConfigsAsync(
        Guid topicId, int expectedConfigEpoch, IReadOnlyDictionary<string, string> configs, CancellationToken token);

    /// <summary>Takes the next <paramref name="count"/> producer ids, which nobody else is ever given; the first id ever is 0.</summary>
    /// <param name="atLeast">No id below it is given, now or later: a log knows that they were used, though the store may have been restored from before.</param>
    Task<ProducerIdBlock> TakeProducerIdsAsync(int nodeId, int count, long atLeast, CancellationToken token);

    /// <summary>
    /// Says the catalog's version at once, and again whenever it is another: each call here that changes topics, partitions,
    /// configs, nodes or deletions makes a new one (producer ids do not). Several changes may be told as one. A load that
    /// begins after a version was told sees at least that version.
    /// </summary>
    /// <remarks>
    /// A version is larger than those before it while the process lives; compare for equality, because a store can be
    /// restored from before. Ends only with the token: a store that is away is waited for, and what
    /// changed meanwhile is told when it is back. A change that another silo made may take until the store's next slow look.
    /// </remarks>
    IAsyncEnumerable<long> WatchAsync(CancellationToken token);
}
