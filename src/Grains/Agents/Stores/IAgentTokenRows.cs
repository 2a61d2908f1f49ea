namespace Actors.Grains.Agents;

/// <summary>The keys that all silos sign tokens with, and which tokens were issued and revoked. Safe to use from any thread.</summary>
public interface IAgentTokenRows
{
    /// <summary>Most keys: one can be added while fewer are there.</summary>
    const int MaxKeys = 16;

    /// <summary>Most tokens of one page.</summary>
    const int MaxPage = 1_000;

    /// <summary>Reads the keys, and what was revoked since.</summary>
    /// <param name="afterRevision">What <see cref="TokenChanges.Revision"/> was the last time; 0 for everything.</param>
    /// <param name="token">Ends the waiting.</param>
    /// <exception cref="AgentStoreException">The store does not answer.</exception>
    Task<TokenChanges> ReadAsync(long afterRevision, CancellationToken token);

    /// <summary>Adds a key.</summary>
    /// <param name="key">Its bytes.</param>
    /// <param name="isFirst">Only where there is none yet: of silos that start together one makes it.</param>
    /// <param name="token">Ends the waiting.</param>
    /// <returns>False when it was not added: there is one, or there are <see cref="MaxKeys"/>.</returns>
    /// <exception cref="AgentStoreException">It is not known to be stored.</exception>
    Task<bool> TryAddKeyAsync(byte[] key, bool isFirst, CancellationToken token);

    /// <summary>Removes a key: tokens that it signed are not good any more. The newest one stays.</summary>
    /// <returns>False when there is none of this number, or it is the newest.</returns>
    /// <exception cref="AgentStoreException">It is not known whether it is removed.</exception>
    Task<bool> TryRemoveKeyAsync(uint number, CancellationToken token);

    /// <summary>Remembers that a token was issued.</summary>
    /// <exception cref="AgentStoreException">It is not known to be stored.</exception>
    Task AddAsync(IssuedToken issued, CancellationToken token);

    /// <summary>Revokes a token that was issued; a revocation is forgotten when the token would have run out. The first one counts.</summary>
    /// <param name="tokenId">Which.</param>
    /// <param name="atUtcMs">When, milliseconds since 1970-01-01 UTC.</param>
    /// <param name="token">Ends the waiting.</param>
    /// <returns>False when none of this id is known to have been issued.</returns>
    /// <exception cref="AgentStoreException">It is not known to be stored.</exception>
    Task<bool> RevokeAsync(Guid tokenId, long atUtcMs, CancellationToken token);

    /// <summary>Reads a page of the tokens that were issued, in the order of their ids.</summary>
    /// <param name="after">The last of the page before; null for the first page.</param>
    /// <param name="max">Tokens of the page, from 1 to <see cref="MaxPage"/>.</param>
    /// <param name="token">Ends the waiting.</param>
    /// <exception cref="AgentStoreException">The store does not answer.</exception>
    Task<IReadOnlyList<IssuedToken>> ListAsync(Guid? after, int max, CancellationToken token);

    /// <summary>Removes tokens and revocations that are of no use any more.</summary>
    /// <param name="beforeUtcMs">Those of tokens that ran out before, milliseconds since 1970-01-01 UTC.</param>
    /// <param name="maxRows">How many at most of each kind.</param>
    /// <param name="token">Ends the waiting.</param>
    /// <returns>How many were removed; while it is not 0 there may be more.</returns>
    /// <exception cref="AgentStoreException">It is not known whether they are removed.</exception>
    Task<int> RemoveExpiredAsync(long beforeUtcMs, int maxRows, CancellationToken token);
}
