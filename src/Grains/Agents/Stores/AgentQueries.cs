namespace Actors.Grains.Agents;

/// <summary>Answers what people ask about agents from what is stored; status is computed now.</summary>
/// <param name="agents">The agents.</param>
/// <param name="connections">The connection log.</param>
/// <param name="metadata">The values.</param>
/// <param name="options">From when on an agent without a connection, or a sign of life, has one no more.</param>
/// <param name="time">The clock.</param>
public sealed class AgentQueries(
    IAgentRows agents, IAgentConnectionLog connections, IAgentMetadata metadata, AgentStatusOptions options, TimeProvider time) : IAgentQueries
{
    private StatusClock Clock => new(time.GetUtcNow().ToUnixTimeMilliseconds(), options.ConnectionTimeoutMs, options.InactiveAfterMs);

    /// <inheritdoc/>
    public async Task<AgentSummary?> FindAsync(Guid agent, CancellationToken token) =>
        await agents.ReadAsync(agent, token) is { } record ? Summary(record, Clock) : null;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AgentSummary>> ListAsync(AgentFilter filter, CancellationToken token)
    {
        var clock = Clock;
        return [.. (await agents.ListAsync(filter, clock, token)).Select(record => Summary(record, clock))];
    }

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<AgentStatus, long>> CountAsync(CancellationToken token) => agents.CountAsync(Clock, token);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ConnectionRow>> ConnectionsAsync(ConnectionFilter filter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return connections.ReadAsync(
            filter with { Type = filter.Type is { } type ? StoredText.Of(type) : null, Ip = filter.Ip is { } ip ? StoredText.Of(ip) : null }, token);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<MetadataRow>> MetadataAsync(Guid agent, CancellationToken token) => metadata.ReadAsync(agent, token);

    /// <inheritdoc/>
    public Task<ForgetOutcome> ForgetAsync(Guid agent, CancellationToken token) => agents.ForgetAsync(agent, Clock, token);

    private static AgentSummary Summary(AgentRecord record, StatusClock clock)
    {
        var status = record.Times.StatusAt(clock.NowUtcMs, clock.ConnectionTimeoutMs, clock.InactiveAfterMs, out var disconnectedAtUtcMs);
        return new(record, status, disconnectedAtUtcMs);
    }
}
