using Actors.Agents;
using Actors.Grains.Agents;

namespace Actors.Gateway.Agents;

/// <summary>An agent, as of the moment of the answer. What is null never was, or is not known.</summary>
/// <param name="Id">The agent.</param>
/// <param name="Status">Whether it can be reached.</param>
/// <param name="Lifecycle">What it last said of itself.</param>
/// <param name="LifecycleAt">When it said so.</param>
/// <param name="CreatedAt">When it was made known.</param>
/// <param name="FirstConnectedAt">When it was connected for the first time.</param>
/// <param name="LastConnectedAt">Its last sign of life.</param>
/// <param name="DisconnectedAt">When its connection ended; for a disconnected one.</param>
public sealed record AgentAnswer(
    Guid Id,
    string Status,
    AgentLifecycle Lifecycle,
    DateTimeOffset? LifecycleAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset? FirstConnectedAt,
    DateTimeOffset? LastConnectedAt,
    DateTimeOffset? DisconnectedAt)
{
    /// <summary>The answer of what the store knows.</summary>
    internal static AgentAnswer Of(AgentSummary agent)
    {
        var (record, times) = (agent.Record, agent.Record.Times);
        return new(
            record.Id,
            NameOf(agent.Status),
            record.Lifecycle,
            ApiQuery.Time(record.LifecycleAtUtcMs),
            DateTimeOffset.FromUnixTimeMilliseconds(times.CreatedAtUtcMs),
            ApiQuery.Time(times.FirstConnectedAtUtcMs),
            ApiQuery.Time(times.LastConnectedAtUtcMs),
            ApiQuery.Time(agent.DisconnectedAtUtcMs));
    }

    /// <summary>How a status is written.</summary>
    internal static string NameOf(AgentStatus status) => status switch
    {
        AgentStatus.Connecting => "connecting",
        AgentStatus.Timeout => "timeout",
        AgentStatus.Connected => "connected",
        _ => "disconnected",
    };
}

/// <summary>Body of <c>/api/v1/agents</c>.</summary>
/// <param name="Agents">The page, by id.</param>
/// <param name="Next">What <c>after</c> has to be for the next page; null when this is the last.</param>
public sealed record AgentsAnswer(IReadOnlyList<AgentAnswer> Agents, string? Next);

/// <summary>Body of <c>/api/v1/agents/status</c>.</summary>
/// <param name="Agents">Agents by status.</param>
/// <param name="Connections">Sockets that this silo holds.</param>
/// <param name="MaxConnections">Sockets that it may hold.</param>
/// <param name="TokensNeeded">Whether agents and clients need tokens; without, only those on the silo's machine may connect.</param>
public sealed record AgentsStatusAnswer(IReadOnlyDictionary<string, long> Agents, int Connections, int MaxConnections, bool TokensNeeded);
