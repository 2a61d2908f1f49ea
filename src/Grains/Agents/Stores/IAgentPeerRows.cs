namespace Actors.Grains.Agents;

/// <summary>
/// The rows of peers and tunnels that all silos share. A row takes the place of another one only if its version is higher; a lower or equal
/// one does nothing, so writing twice, late or in any order does no harm. Safe to use from any thread.
/// </summary>
public interface IAgentPeerRows
{
    /// <summary>Peers that one query asks for, at most.</summary>
    const int MaxPeers = 50;

    /// <summary>Rows that one statement writes, at most.</summary>
    const int MaxRows = 500;

    /// <summary>Reads what is stored of some peers.</summary>
    /// <param name="peers">At most <see cref="MaxPeers"/>, each once.</param>
    /// <param name="token">Ends the waiting.</param>
    /// <returns>One for each peer, in their order; all as of one moment.</returns>
    /// <exception cref="AgentStoreException">The store does not answer.</exception>
    Task<IReadOnlyList<PeerRows>> ReadAsync(IReadOnlyList<Guid> peers, CancellationToken token);

    /// <summary>Writes connections, each by its version.</summary>
    /// <param name="rows">At most <see cref="MaxRows"/>, of many peers; of two of one peer the newer counts.</param>
    /// <param name="token">Ends the waiting.</param>
    /// <exception cref="AgentStoreException">They are not known to be stored.</exception>
    Task WritePeersAsync(IReadOnlyList<PeerRow> rows, CancellationToken token);

    /// <summary>Writes tunnels, each by its version.</summary>
    /// <param name="rows">At most <see cref="MaxRows"/>, of many peers; of two of one tunnel the newer counts.</param>
    /// <param name="token">Ends the waiting.</param>
    /// <exception cref="AgentStoreException">They are not known to be stored.</exception>
    Task WriteTunnelsAsync(IReadOnlyList<TunnelRow> rows, CancellationToken token);

    /// <summary>Finds peers whose connection has not ended as far as the store knows, and whose gateway is none of those that live: nobody may have told the store.</summary>
    /// <param name="living">Runs of silos that live; what they say of views does not count.</param>
    /// <param name="after">The last of the page before; null for the first page.</param>
    /// <param name="max">How many at most.</param>
    /// <param name="token">Ends the waiting.</param>
    /// <returns>In the order of their ids.</returns>
    /// <exception cref="AgentStoreException">The store does not answer.</exception>
    Task<IReadOnlyList<Guid>> ListLiveElsewhereAsync(IReadOnlyCollection<GatewayRun> living, Guid? after, int max, CancellationToken token);

    /// <summary>Removes rows that are too old.</summary>
    /// <param name="expiry">Which those are.</param>
    /// <param name="maxRows">How many at most of each kind.</param>
    /// <param name="token">Ends the waiting.</param>
    /// <returns>How many were removed; while it is not 0 there may be more.</returns>
    /// <exception cref="AgentStoreException">It is not known whether they are removed.</exception>
    Task<int> RemoveExpiredAsync(PeerExpiry expiry, int maxRows, CancellationToken token);
}
