using Actors.Agents;
using Actors.Grains.Agents;
using Actors.Grains.Topics;

namespace Actors.Grains.Tests.Agents;

/// <summary>Agents, connections and values in memory, for tests of those who write them; it can be away, be held, and refuse a row. Safe to use from any thread.</summary>
internal sealed class MemoryAgentStores : IAgentRows, IAgentConnectionLog, IAgentMetadata
{
    private readonly Lock _gate = new();
    private readonly List<(string Operation, int Rows)> _statements = [];
    private TaskCompletionSource? _hold;

    /// <summary>Agents that are stored.</summary>
    public Dictionary<Guid, AgentRow> Agents { get; } = [];

    /// <summary>Connections that are stored.</summary>
    public Dictionary<ConnectionKey, ConnectionRow> Connections { get; } = [];

    /// <summary>Values that are stored.</summary>
    public Dictionary<MetadataKey, MetadataRow> Values { get; } = [];

    /// <summary>How many connections each statement has removed.</summary>
    public List<int> Removals { get; } = [];

    /// <summary>What the connection log was asked for last.</summary>
    public ConnectionFilter? LastFilter { get; private set; }

    /// <summary>Whether every write fails.</summary>
    public bool IsAway { get; set; }

    /// <summary>A row that the store never takes.</summary>
    public Func<object, bool> Refuses { get; set; } = static _ => false;

    /// <summary>Statements so far, those that failed included.</summary>
    public (string Operation, int Rows)[] Statements
    {
        get
        {
            lock (_gate)
                return [.. _statements];
        }
    }

    /// <summary>Statements do not end until the answer is completed.</summary>
    public TaskCompletionSource Hold() => _hold = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task WriteAsync(IReadOnlyList<AgentRow> rows, CancellationToken token) => WriteAsync("agents", Agents, rows, static row => row.Key, token);

    public Task WriteAsync(IReadOnlyList<ConnectionRow> rows, CancellationToken token) => WriteAsync("connections", Connections, rows, static row => row.Key, token);

    public Task WriteAsync(IReadOnlyList<MetadataRow> rows, CancellationToken token) => WriteAsync("metadata", Values, rows, static row => row.Key, token);

    public async Task WriteHeartbeatsAsync(IReadOnlyList<HeartbeatRow> rows, CancellationToken token)
    {
        await BeginAsync("heartbeats", rows, token);
        lock (_gate)
        {
            foreach (var row in rows)
            {
                if (Agents.TryGetValue(row.Key, out var agent) && agent.Epoch == row.Epoch && agent.DisconnectedAtUtcMs is null && agent.LastConnectedAtUtcMs < row.AtUtcMs)
                    Agents[row.Key] = agent with { LastConnectedAtUtcMs = row.AtUtcMs };
            }
        }
    }

    public Task<AgentRecord?> ReadAsync(Guid agent, CancellationToken token)
    {
        lock (_gate)
            return Task.FromResult(Agents.TryGetValue(agent, out var row) ? Record(row) : null);
    }

    public Task<IReadOnlyList<AgentRecord>> ListAsync(AgentFilter filter, StatusClock clock, CancellationToken token)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<AgentRecord>>(
            [
                .. Agents.Values.Select(Record).OrderBy(record => record.Id)
                    .Where(record => filter.After is not { } after || record.Id.CompareTo(after) > 0)
                    .Where(record => filter.Status is not { } status || StatusOf(record, clock) == status)
                    .Where(record => filter.Lifecycle is not { } lifecycle || record.Lifecycle == lifecycle)
                    .Take(filter.Max),
            ]);
        }
    }

    public Task<IReadOnlyDictionary<AgentStatus, long>> CountAsync(StatusClock clock, CancellationToken token)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyDictionary<AgentStatus, long>>(
                Agents.Values.GroupBy(row => StatusOf(Record(row), clock)).ToDictionary(group => group.Key, group => group.LongCount()));
        }
    }

    public Task<ForgetOutcome> ForgetAsync(Guid agent, StatusClock clock, CancellationToken token)
    {
        lock (_gate)
        {
            if (!Agents.TryGetValue(agent, out var row))
                return Task.FromResult(ForgetOutcome.Unknown);
            if (StatusOf(Record(row), clock) == AgentStatus.Connected)
                return Task.FromResult(ForgetOutcome.Connected);
            Agents.Remove(agent);
            return Task.FromResult(ForgetOutcome.Forgotten);
        }
    }

    public Task<int> RemoveSilentAsync(long beforeUtcMs, int maxRows, CancellationToken token)
    {
        lock (_gate)
        {
            var silent = Agents.Values.Where(row => (row.DisconnectedAtUtcMs ?? row.LastConnectedAtUtcMs ?? row.KnownAtUtcMs) < beforeUtcMs).Take(maxRows).ToArray();
            foreach (var row in silent)
                Agents.Remove(row.Key);
            return Task.FromResult(silent.Length);
        }
    }

    public Task<IReadOnlyList<ConnectionRow>> ReadAsync(ConnectionFilter filter, CancellationToken token)
    {
        LastFilter = filter;
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<ConnectionRow>>(
                [.. Connections.Values.Where(row => filter.Agent is not { } agent || row.Agent == agent).OrderByDescending(row => row.AtUtcMs).Take(filter.Max)]);
        }
    }

    public Task<int> RemoveBeforeAsync(long beforeUtcMs, int maxRows, CancellationToken token)
    {
        lock (_gate)
        {
            var old = Connections.Values.Where(row => row.AtUtcMs < beforeUtcMs && (row.DisconnectedAtUtcMs ?? 0) < beforeUtcMs).Take(maxRows).ToArray();
            foreach (var row in old)
                Connections.Remove(row.Key);
            Removals.Add(old.Length);
            return Task.FromResult(old.Length);
        }
    }

    Task<IReadOnlyList<MetadataRow>> IAgentMetadata.ReadAsync(Guid agent, CancellationToken token)
    {
        lock (_gate)
            return Task.FromResult<IReadOnlyList<MetadataRow>>([.. Values.Values.Where(row => row.Key.Agent == agent).OrderBy(row => row.Key.Name, StringComparer.Ordinal)]);
    }

    private static AgentStatus StatusOf(AgentRecord record, StatusClock clock) => record.Times.StatusAt(clock.NowUtcMs, clock.ConnectionTimeoutMs, clock.InactiveAfterMs, out _);

    private static AgentRecord Record(AgentRow row) => new(
        row.Key,
        row.Epoch,
        new()
        {
            CreatedAtUtcMs = row.KnownAtUtcMs,
            FirstConnectedAtUtcMs = row.FirstConnectedAtUtcMs,
            LastConnectedAtUtcMs = row.LastConnectedAtUtcMs,
            DisconnectedAtUtcMs = row.DisconnectedAtUtcMs,
        },
        row.Lifecycle ?? AgentLifecycle.Created,
        row.LifecycleAtUtcMs);

    private async Task WriteAsync<TKey, TRow>(string operation, Dictionary<TKey, TRow> stored, IReadOnlyList<TRow> rows, Func<TRow, TKey> key, CancellationToken token)
        where TKey : notnull
        where TRow : class, IBatchRow<TKey, TRow>
    {
        Assert.Equal(rows.Count, rows.Select(key).Distinct().Count());
        await BeginAsync(operation, rows, token);
        lock (_gate)
        {
            foreach (var row in rows)
                stored[key(row)] = stored.TryGetValue(key(row), out var before) ? before.MergeWith(row) : row;
        }
    }

    private async Task BeginAsync<TRow>(string operation, IReadOnlyList<TRow> rows, CancellationToken token)
        where TRow : class
    {
        lock (_gate)
            _statements.Add((operation, rows.Count));
        if (_hold is { } hold)
            await hold.Task.WaitAsync(token);
        if (IsAway)
            throw new AgentStoreException($"write {operation}", StoreOutcome.Unknown, isRefusal: false, "the store is away.");
        if (rows.Any(row => Refuses(row)))
            throw new AgentStoreException($"write {operation}", StoreOutcome.NotApplied, isRefusal: true, "a row is not taken.");
    }
}
