namespace Actors.Grains.Agents;

/// <summary>What this silo knows of tokens. It looks into the store every few seconds, and keeps what it knows while that is away. Safe to use from any thread.</summary>
public interface IAgentKeys
{
    /// <summary>Issues and reads tokens; null while the cluster has no key, so nobody has a token.</summary>
    AgentTokens? Tokens { get; }

    /// <summary>Whether a token was revoked, as far as this silo knows; other silos know it a few seconds later than the one that was told.</summary>
    bool IsRevoked(Guid tokenId);

    /// <summary>The tokens of the cluster; its first key is made where there is none.</summary>
    /// <exception cref="AgentStoreException">The store does not answer.</exception>
    Task<AgentTokens> EnsureAsync(CancellationToken token);

    /// <summary>Adds a key, with which tokens are signed from now on; those that other keys signed stay good.</summary>
    /// <returns>False when there are too many.</returns>
    /// <exception cref="AgentStoreException">It is not known to be stored.</exception>
    Task<bool> TryRenewAsync(CancellationToken token);

    /// <summary>Removes a key: what it signed is not good any more.</summary>
    /// <returns>False when there is none of this number, or it is the newest.</returns>
    /// <exception cref="AgentStoreException">It is not known whether it is removed.</exception>
    Task<bool> TryRemoveAsync(uint number, CancellationToken token);

    /// <summary>Remembers that a token was issued; the agent that one is for is known from then on.</summary>
    /// <exception cref="AgentStoreException">It is not known to be stored.</exception>
    Task IssuedAsync(AgentTokenClaims claims, CancellationToken token);

    /// <summary>Revokes a token; this silo knows it when the task has completed.</summary>
    /// <returns>False when no token of this id is known to have been issued.</returns>
    /// <exception cref="AgentStoreException">It is not known to be stored.</exception>
    Task<bool> RevokeAsync(Guid tokenId, CancellationToken token);

    /// <summary>A page of the tokens that were issued.</summary>
    /// <exception cref="AgentStoreException">The store does not answer.</exception>
    Task<IReadOnlyList<IssuedToken>> ListAsync(Guid? after, int max, CancellationToken token);
}
