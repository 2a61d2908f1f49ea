using Actors.Grains.Agents;
using Actors.Grains.Topics;

namespace Actors.Grains.Tests.Agents;

/// <summary>Keys and tokens in memory, which several silos of a test may share; it can be away. Safe to use from any thread.</summary>
internal sealed class MemoryTokenRows : IAgentTokenRows
{
    private readonly Lock _gate = new();
    private readonly Dictionary<uint, byte[]> _keys = [];
    private readonly List<RevokedToken> _revoked = [];
    private readonly Dictionary<Guid, IssuedToken> _issued = [];

    /// <summary>Whether every call fails.</summary>
    public bool IsAway { get; set; }

    /// <summary>Times that keys were read.</summary>
    public int Reads { get; private set; }

    public Task<TokenChanges> ReadAsync(long afterRevision, CancellationToken token) => Locked(() =>
    {
        Reads++;
        return new TokenChanges(_keys.ToDictionary(), [.. _revoked.Skip((int)afterRevision)], _revoked.Count);
    });

    public Task<bool> TryAddKeyAsync(byte[] key, bool isFirst, CancellationToken token) =>
        Locked(() => _keys.Count < (isFirst ? 1 : IAgentTokenRows.MaxKeys) && _keys.TryAdd(_keys.Keys.DefaultIfEmpty().Max() + 1, key));

    public Task<bool> TryRemoveKeyAsync(uint number, CancellationToken token) => Locked(() => number < _keys.Keys.DefaultIfEmpty().Max() && _keys.Remove(number));

    public Task AddAsync(IssuedToken issued, CancellationToken token) => Locked(() => _issued.TryAdd(issued.TokenId, issued));

    public Task<bool> RevokeAsync(Guid tokenId, long atUtcMs, CancellationToken token) => Locked(() =>
    {
        if (!_issued.TryGetValue(tokenId, out var issued))
            return false;
        if (issued.RevokedAtUtcMs is null)
        {
            _revoked.Add(new(tokenId, issued.ExpiresAtUtcMs));
            _issued[tokenId] = issued with { RevokedAtUtcMs = atUtcMs };
        }

        return true;
    });

    public Task<IReadOnlyList<IssuedToken>> ListAsync(Guid? after, int max, CancellationToken token) => Locked<IReadOnlyList<IssuedToken>>(() =>
        [.. _issued.Values.Where(issued => issued.TokenId.CompareTo(after ?? Guid.Empty) > 0).OrderBy(issued => issued.TokenId).Take(max)]);

    public Task<int> RemoveExpiredAsync(long beforeUtcMs, int maxRows, CancellationToken token) => Locked(() =>
    {
        var old = _issued.Values.Where(issued => issued.ExpiresAtUtcMs < beforeUtcMs).Take(maxRows).ToArray();
        return old.Count(issued => _issued.Remove(issued.TokenId));
    });

    private Task<T> Locked<T>(Func<T> work)
    {
        if (IsAway)
            return Task.FromException<T>(new AgentStoreException("read keys of tokens", StoreOutcome.NotApplied, isRefusal: false, "the store is away."));
        lock (_gate)
            return Task.FromResult(work());
    }
}
