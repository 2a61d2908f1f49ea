using Actors.Grains.Agents;

namespace Actors.Gateway.Agents;

/// <summary>A connection to an agent, as the agent reported it.</summary>
/// <param name="Id">The connection; null for something that happened once.</param>
/// <param name="Agent">The agent.</param>
/// <param name="Type">What it is for, such as ssh.</param>
/// <param name="Ip">Where it came from.</param>
/// <param name="ConnectedAt">When it began; null when only its end is known.</param>
/// <param name="DisconnectedAt">When it ended; null while it has not.</param>
/// <param name="Code">The code with which it ended; null, which is not 0, when there is none.</param>
/// <param name="Reason">Why it ended.</param>
public sealed record ConnectionAnswer(
    Guid? Id,
    Guid Agent,
    string Type,
    string? Ip,
    DateTimeOffset? ConnectedAt,
    DateTimeOffset? DisconnectedAt,
    int? Code,
    string? Reason)
{
    /// <summary>The answer of what the store knows.</summary>
    internal static ConnectionAnswer Of(ConnectionRow row) => new(
        row.Key.Id,
        row.Agent,
        row.Type,
        row.Ip,
        ApiQuery.Time(row.ConnectedAtUtcMs),
        ApiQuery.Time(row.DisconnectedAtUtcMs),
        row.Code,
        row.Reason);
}

/// <summary>Body of <c>/api/v1/agents/connections</c>.</summary>
/// <param name="Connections">The page, newest first.</param>
/// <param name="Next">What <c>after</c> has to be for the next page; null when this is the last.</param>
public sealed record ConnectionsAnswer(IReadOnlyList<ConnectionAnswer> Connections, string? Next);
