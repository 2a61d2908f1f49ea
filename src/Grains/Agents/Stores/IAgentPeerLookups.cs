namespace Actors.Grains.Agents;

/// <summary>
/// A silo's way to <see cref="IAgentPeerRows"/>: what many peers ask for at one time shares queries and statements, and at most as many of
/// these run at once as <see cref="WorkerOptions"/> says. Safe to use from any thread.
/// </summary>
/// <remarks>Nothing is tried again here: who asks knows for how long an answer is of use.</remarks>
public interface IAgentPeerLookups
{
    /// <summary>Reads what is stored of a peer. The answer is not older than the call.</summary>
    /// <exception cref="AgentStoreException">The store does not answer, or too many wait.</exception>
    Task<PeerRows> ReadAsync(Guid peer, CancellationToken token);

    /// <summary>Writes rows of one peer. The next of that peer begins when this one has ended.</summary>
    /// <exception cref="AgentStoreException">It is not known that all of them are stored, or too many wait.</exception>
    Task WriteAsync(PeerEffect.Write write, CancellationToken token);
}
