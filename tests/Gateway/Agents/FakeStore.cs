using System.Collections.Concurrent;
using Actors.Agents;
using Actors.Grains.Agents;
using Actors.Grains.Topics;

namespace Actors.Gateway.Tests.Agents;

/// <summary>What the front end hands to the stores, and what they answer.</summary>
internal sealed class FakeStore : IAgentKeys, IAgentPresence, IAgentReports, IAgentQueries
{
    private readonly ConcurrentDictionary<Guid, bool> _revoked = new();
    private readonly ConcurrentDictionary<Guid, IssuedToken> _issued = new();

    /// <summary>What became of agents: "connected", "alive", "disconnected" or a lifecycle state.</summary>
    public ConcurrentQueue<(Guid Agent, string What, long Epoch)> Signs { get; } = new();

    public ConcurrentQueue<ConnectionRow> Connections { get; } = new();

    public ConcurrentQueue<MetadataRow> Metadatas { get; } = new();

    public List<AgentSummary> Agents { get; } = [];

    public ConnectionFilter? AskedConnections { get; private set; }

    public AgentFilter? AskedAgents { get; private set; }

    /// <summary>Whether the store is away.</summary>
    public bool IsAway { get; set; }

    public AgentTokens? Tokens { get; private set; }

    public bool IsRevoked(Guid tokenId) => _revoked.ContainsKey(tokenId);

    public Task<AgentTokens> EnsureAsync(CancellationToken token)
    {
        ThrowIfAway();
        return Task.FromResult(Tokens ??= new AgentTokens(new Dictionary<uint, byte[]> { [1] = [.. Enumerable.Repeat((byte)9, 32)] }));
    }

    public Task<bool> TryRenewAsync(CancellationToken token) => Task.FromResult(true);

    public Task<bool> TryRemoveAsync(uint number, CancellationToken token) => Task.FromResult(false);

    public Task IssuedAsync(AgentTokenClaims claims, CancellationToken token)
    {
        _issued[claims.TokenId] = new IssuedToken(claims.TokenId, claims.Kind, claims.Subject, 1, claims.ExpiresAtUtcMs, null);
        return Task.CompletedTask;
    }

    public Task<bool> RevokeAsync(Guid tokenId, CancellationToken token)
    {
        _revoked[tokenId] = true;
        return Task.FromResult(_issued.ContainsKey(tokenId));
    }

    public Task<IReadOnlyList<IssuedToken>> ListAsync(Guid? after, int max, CancellationToken token) =>
        Task.FromResult<IReadOnlyList<IssuedToken>>([.. _issued.Values.OrderBy(one => one.TokenId).Where(one => after is null || one.TokenId > after).Take(max)]);

    public void Connected(Guid agent, long epoch, long atUtcMs) => Signs.Enqueue((agent, "connected", epoch));

    public void Alive(Guid agent, long epoch, long atUtcMs) => Signs.Enqueue((agent, "alive", epoch));

    public void Disconnected(Guid agent, long epoch, long atUtcMs) => Signs.Enqueue((agent, "disconnected", epoch));

    public void Lifecycle(Guid agent, AgentLifecycle state, long atUtcMs) => Signs.Enqueue((agent, state.ToString(), 0));

    public void Connection(ConnectionRow row) => Connections.Enqueue(row);

    public void Metadata(MetadataRow row) => Metadatas.Enqueue(row);

    public Task<AgentSummary?> FindAsync(Guid agent, CancellationToken token)
    {
        ThrowIfAway();
        return Task.FromResult(Agents.Find(one => one.Record.Id == agent));
    }

    public Task<IReadOnlyList<AgentSummary>> ListAsync(AgentFilter filter, CancellationToken token)
    {
        ThrowIfAway();
        AskedAgents = filter;
        return Task.FromResult<IReadOnlyList<AgentSummary>>([.. Agents.Take(filter.Max)]);
    }

    public Task<IReadOnlyDictionary<AgentStatus, long>> CountAsync(CancellationToken token) =>
        Task.FromResult<IReadOnlyDictionary<AgentStatus, long>>(Agents.GroupBy(one => one.Status).ToDictionary(group => group.Key, group => group.LongCount()));

    public Task<IReadOnlyList<ConnectionRow>> ConnectionsAsync(ConnectionFilter filter, CancellationToken token)
    {
        AskedConnections = filter;
        return Task.FromResult<IReadOnlyList<ConnectionRow>>([.. Connections.Take(filter.Max)]);
    }

    public Task<IReadOnlyList<MetadataRow>> MetadataAsync(Guid agent, CancellationToken token) =>
        Task.FromResult<IReadOnlyList<MetadataRow>>([.. Metadatas.Where(row => row.Key.Agent == agent)]);

    public Task<ForgetOutcome> ForgetAsync(Guid agent, CancellationToken token)
    {
        ThrowIfAway();
        var known = Agents.Find(one => one.Record.Id == agent);
        if (known?.Status == AgentStatus.Connected)
            return Task.FromResult(ForgetOutcome.Connected);
        return Task.FromResult(known is not null && Agents.Remove(known) ? ForgetOutcome.Forgotten : ForgetOutcome.Unknown);
    }

    private void ThrowIfAway()
    {
        if (IsAway)
            throw new AgentStoreException("read agents", StoreOutcome.NotApplied, isRefusal: false, "it is away");
    }
}
