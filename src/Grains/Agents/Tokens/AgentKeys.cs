using System.Collections.Frozen;
using Microsoft.Extensions.Logging;

namespace Actors.Grains.Agents;

/// <summary>What this silo knows of keys and revocations. One look into the store at a time; what is known is replaced as a whole.</summary>
public sealed partial class AgentKeys : IAgentKeys, IAsyncDisposable
{
    private readonly IAgentTokenRows _store;
    private readonly IAgentRows _agents;
    private readonly Func<byte[]> _newKey;
    private readonly TimeSpan _period;
    private readonly Random _random;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private volatile Known _known = new(null, FrozenDictionary<Guid, long>.Empty, 0);
    private Task<Known>? _looking;
    private bool _hasFailed;
    private bool _isDisposed;

    /// <summary>Knows nothing until it has looked.</summary>
    /// <param name="store">Where the keys are.</param>
    /// <param name="agents">Where an agent that gets a token becomes known.</param>
    /// <param name="newKey">Gives the bytes of a new key: nobody can guess them, and there are at least <see cref="AgentTokens.MinKeyBytes"/>.</param>
    /// <param name="period">Between two looks, on average; each pause is up to a quarter shorter or longer.</param>
    /// <param name="random">Spreads the silos' looks; used by one at a time.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Told when the store is away.</param>
    public AgentKeys(IAgentTokenRows store, IAgentRows agents, Func<byte[]> newKey, TimeSpan period, Random random, TimeProvider time, ILogger<AgentKeys> log)
    {
        ArgumentNullException.ThrowIfNull(time);
        (_store, _agents, _newKey, _period, _random, _time, _log) = (store, agents, newKey, period, random, time, log);
        _timer = time.CreateTimer(static state => _ = ((AgentKeys)state!).LookBehindAsync(), this, NextPause(), Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public AgentTokens? Tokens => _known.Tokens;

    /// <inheritdoc/>
    public bool IsRevoked(Guid tokenId) => _known.Revoked.ContainsKey(tokenId);

    /// <summary>Looks into the store now.</summary>
    /// <exception cref="AgentStoreException">The store does not answer; what was known stays.</exception>
    public Task RefreshAsync(CancellationToken token) => LookAsync().WaitAsync(token);

    /// <inheritdoc/>
    public async Task<AgentTokens> EnsureAsync(CancellationToken token)
    {
        if (_known.Tokens is { } tokens)
            return tokens;
        await _store.TryAddKeyAsync(_newKey(), isFirst: true, token);
        return (await LookAnewAsync(token)).Tokens ?? throw new InvalidOperationException("The first key was stored, and is not there.");
    }

    /// <inheritdoc/>
    public async Task<bool> TryRenewAsync(CancellationToken token)
    {
        var isAdded = await _store.TryAddKeyAsync(_newKey(), isFirst: false, token);
        await LookAnewAsync(token);
        return isAdded;
    }

    /// <inheritdoc/>
    public async Task<bool> TryRemoveAsync(uint number, CancellationToken token)
    {
        var isRemoved = await _store.TryRemoveKeyAsync(number, token);
        await LookAnewAsync(token);
        return isRemoved;
    }

    /// <inheritdoc/>
    public async Task IssuedAsync(AgentTokenClaims claims, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(claims);
        var nowUtcMs = NowUtcMs;
        await _store.AddAsync(new(claims.TokenId, claims.Kind, claims.Subject, nowUtcMs, claims.ExpiresAtUtcMs, null), token);
        if (claims.Kind == AgentTokenKind.Agent)
            await _agents.WriteAsync([AgentRow.Known(claims.Subject, nowUtcMs)], token);
    }

    /// <inheritdoc/>
    public async Task<bool> RevokeAsync(Guid tokenId, CancellationToken token)
    {
        var isKnown = await _store.RevokeAsync(tokenId, NowUtcMs, token);
        if (isKnown)
            await LookAnewAsync(token);
        return isKnown;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<IssuedToken>> ListAsync(Guid? after, int max, CancellationToken token) => _store.ListAsync(after, max, token);

    /// <inheritdoc/>
    /// <remarks>May be called twice.</remarks>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
        }

        await _timer.DisposeAsync();
        await _stopping.CancelAsync();
        Task looking;
        lock (_gate)
            looking = _looking ?? Task.CompletedTask;
        await looking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private long NowUtcMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>A look that begins now: one that is under way may not see what was just written.</summary>
    private async Task<Known> LookAnewAsync(CancellationToken token)
    {
        Task? before;
        lock (_gate)
            before = _looking;
        if (before is not null)
            await before.WaitAsync(token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        token.ThrowIfCancellationRequested();
        return await LookAsync().WaitAsync(token);
    }

    private Task<Known> LookAsync()
    {
        lock (_gate)
        {
            if (_looking is { IsCompleted: false } || _isDisposed)
                return _looking ?? Task.FromResult(_known);
            using (ExecutionContext.SuppressFlow())
                return _looking = Task.Run(ReadAsync, CancellationToken.None);
        }
    }

    private async Task<Known> ReadAsync()
    {
        var before = _known;
        var changes = await _store.ReadAsync(before.Revision, _stopping.Token);
        var nowUtcMs = NowUtcMs;
        var revoked = before.Revoked;
        if (changes.Revoked.Count > 0 || revoked.Values.Any(expiresAtUtcMs => expiresAtUtcMs <= nowUtcMs))
        {
            var kept = revoked.Where(token => token.Value > nowUtcMs).ToDictionary();
            foreach (var token in changes.Revoked)
                kept[token.TokenId] = token.ExpiresAtUtcMs;
            revoked = kept.ToFrozenDictionary();
        }

        var tokens = changes.Keys.Count == 0 ? null : before.HasKeys(changes.Keys) ? before.Tokens : new AgentTokens(changes.Keys);
        return _known = new(tokens, revoked, changes.Revision) { Keys = changes.Keys };
    }

    private async Task LookBehindAsync()
    {
        try
        {
            await LookAsync();
            if (_hasFailed)
                LogWell(_log);
            _hasFailed = false;
        }
        catch (Exception failure) when (failure is AgentStoreException or OperationCanceledException)
        {
            if (!_hasFailed && !_stopping.IsCancellationRequested)
                LogAway(_log, failure);
            _hasFailed = true;
        }

        lock (_gate)
        {
            if (!_isDisposed)
                _timer.Change(NextPause(), Timeout.InfiniteTimeSpan);
        }
    }

    private TimeSpan NextPause() => _period * (0.75 + (_random.NextDouble() / 2));

    [LoggerMessage(2430, LogLevel.Warning, "The keys of tokens cannot be read; this silo goes on with those that it knows, and looks again.")]
    private static partial void LogAway(ILogger log, Exception failure);

    [LoggerMessage(2431, LogLevel.Information, "The keys of tokens are read again.")]
    private static partial void LogWell(ILogger log);

    /// <param name="Tokens">Null when there is no key.</param>
    /// <param name="Revoked">With the time when each would run out.</param>
    /// <param name="Revision">The last revocation that is known.</param>
    private sealed record Known(AgentTokens? Tokens, FrozenDictionary<Guid, long> Revoked, long Revision)
    {
        public IReadOnlyDictionary<uint, byte[]> Keys { get; init; } = FrozenDictionary<uint, byte[]>.Empty;

        public bool HasKeys(IReadOnlyDictionary<uint, byte[]> keys) =>
            keys.Count == Keys.Count && keys.All(key => Keys.TryGetValue(key.Key, out var known) && known.AsSpan().SequenceEqual(key.Value));
    }
}
