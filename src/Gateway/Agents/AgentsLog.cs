using System.Net;
using Actors.Agents;
using Microsoft.Extensions.Logging;

namespace Actors.Gateway.Agents;

/// <summary>What the front end for agents says in the log. Event ids 3200-3299.</summary>
internal static partial class AgentsLog
{
    [LoggerMessage(3200, LogLevel.Warning, "Agents:MaxConnections is {Wanted}, which needs {Needed} open files; the limit is {OpenFiles}, so {Allowed} connections of agents and clients are taken. Raise the limit (ulimit -n, LimitNOFILE).")]
    public static partial void FilesTooFew(ILogger logger, int wanted, long needed, long openFiles, int allowed);

    [LoggerMessage(3201, LogLevel.Information, "Up to {Allowed} connections of agents and clients are taken; the limit of open files is {OpenFiles}")]
    public static partial void Allows(ILogger logger, int allowed, long openFiles);

    [LoggerMessage(3202, LogLevel.Warning, "No more agents and clients are taken: {Open} connections are open, and that is all. For twice as many, the limit of open files has to be {Needed}; it is {OpenFiles}. {Untold} more were refused since the last such line.")]
    public static partial void Full(ILogger logger, int open, long needed, long openFiles, long untold);

    [LoggerMessage(3203, LogLevel.Information, "No token was ever issued, so agents and clients are taken without one, and from this machine only. 'actors agents token create' issues them.")]
    public static partial void LoopbackOnly(ILogger logger);

    [LoggerMessage(3204, LogLevel.Information, "Tokens have been issued: agents and clients need one")]
    public static partial void TokensNeeded(ILogger logger);

    [LoggerMessage(3205, LogLevel.Debug, "Peer {Peer} ({Role}) is connected from {Remote}, epoch {Epoch}")]
    public static partial void Connected(ILogger logger, Guid peer, PeerRole role, IPAddress? remote, long epoch);

    [LoggerMessage(3206, LogLevel.Debug, "Peer {Peer} ({Role}), epoch {Epoch}, is closed: {Code} {Reason}")]
    public static partial void Closed(ILogger logger, Guid peer, PeerRole role, long epoch, AgentCloseCode? code, string reason);

    [LoggerMessage(3207, LogLevel.Error, "The connection of peer {Peer}, epoch {Epoch}, has failed")]
    public static partial void Failed(ILogger logger, Guid peer, long epoch, Exception failure);

    [LoggerMessage(3208, LogLevel.Debug, "The grain of peer {Peer} did not take a report; it is sent again")]
    public static partial void ReportFailed(ILogger logger, Guid peer, Exception failure);

    [LoggerMessage(3209, LogLevel.Warning, "The stop did not wait for {Sockets} sockets to close and {Reports} connections' ends to be heard of within {LimitMs} ms; other silos find out by themselves.")]
    public static partial void StopTimedOut(ILogger logger, int sockets, int reports, long limitMs);

    [LoggerMessage(3210, LogLevel.Debug, "The grain of peer {Peer} gave no epoch to its new connection")]
    public static partial void NoEpoch(ILogger logger, Guid peer, Exception failure);
}
