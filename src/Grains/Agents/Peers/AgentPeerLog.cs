using Microsoft.Extensions.Logging;

namespace Actors.Grains.Agents;

/// <summary>What peers' grains report. Event ids 2400-2419. Everything that failed here is tried again by itself.</summary>
internal static partial class AgentPeerLog
{
    [LoggerMessage(2400, LogLevel.Debug, "Peer {Peer} could not read its rows; it works with what it is told and tries again")]
    public static partial void RowsNotRead(ILogger logger, Exception exception, Guid peer);

    [LoggerMessage(2401, LogLevel.Debug, "Peer {Peer} does not know whether its rows were written; it writes them again")]
    public static partial void RowsNotWritten(ILogger logger, Exception exception, Guid peer);

    [LoggerMessage(2402, LogLevel.Debug, "Peer {Peer} does not know whether {Other} was told; it tells it again")]
    public static partial void NotPushed(ILogger logger, Exception exception, Guid peer, Guid other);

    [LoggerMessage(2404, LogLevel.Warning, "Peer {Peer} takes no tunnel from {Other}: {Incoming} lead to it already. Others are refused too, until there is room (actors_agent_tunnels_refused_total)")]
    public static partial void TunnelRefused(ILogger logger, Guid peer, Guid other, int incoming);

    [LoggerMessage(2403, LogLevel.Debug, "Peer {Peer} could not reach its socket on node {NodeId}")]
    public static partial void GatewayNotReached(ILogger logger, Exception exception, Guid peer, int nodeId);
}
