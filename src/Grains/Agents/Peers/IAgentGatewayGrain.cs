using System.Globalization;
using Actors.Agents;
using Orleans;

namespace Actors.Grains.Agents;

/// <summary>
/// The sockets of one silo, as peers' grains reach them. The key is <see cref="KeyOf"/>; the node in it is the silo, so a call finds
/// it without a directory, and finds nobody while that node is away. It keeps nothing: <see cref="IAgentSockets"/> has the sockets.
/// </summary>
/// <remarks>A later run of the node answers for the earlier one, whose sockets are closed.</remarks>
[Alias("actors.agentgateway")]
public interface IAgentGatewayGrain : IGrainWithStringKey
{
    /// <summary>Shows peers to a connection's session; what is new is written to its socket.</summary>
    [Alias("show"), ResponseTimeout("00:00:10")]
    Task<ShowOutcome> Show(GatewayRun gateway, Guid peer, PeerShow show);

    /// <summary>Closes a connection, if it is there.</summary>
    [Alias("drop"), ResponseTimeout("00:00:10")]
    Task Drop(GatewayRun gateway, Guid peer, long epoch, AgentCloseCode code);

    /// <summary>Whether a connection's socket is open. No is evidence that the connection has ended.</summary>
    [Alias("holds"), ResponseTimeout("00:00:10")]
    Task<bool> Holds(GatewayRun gateway, Guid peer, long epoch);

    /// <summary>The key of the one on a node.</summary>
    static string KeyOf(int nodeId) => string.Create(CultureInfo.InvariantCulture, $"agents@{nodeId}");
}
