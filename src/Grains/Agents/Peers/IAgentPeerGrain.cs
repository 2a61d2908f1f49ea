using Actors.Agents;
using Orleans;

namespace Actors.Grains.Agents;

/// <summary>
/// One peer of the agents' hub, wherever it is connected: its announcement, its tunnels, and who points at it. The key is
/// <see cref="KeyOf"/>. What it is told and what it says are states, merged by version (docs/decisions/0010); so each call may be made
/// again when its answer does not come, and an answer that comes late does no harm.
/// </summary>
[Alias("actors.agentpeer")]
public interface IAgentPeerGrain : IGrainWithStringKey
{
    /// <summary>
    /// A gateway has accepted a connection of the peer and asks for its epoch, of which it makes a <see cref="PeerSession"/>. The
    /// connection begins for others with the session's first report.
    /// </summary>
    /// <param name="waitedMs">Milliseconds, from 0, since the gateway accepted it: a try that comes late does not overtake a later connection.</param>
    /// <returns>The epoch; 0 when a connection that was accepted later is there: this one is closed with <see cref="AgentCloseCode.Replaced"/>.</returns>
    [Alias("connect"), ResponseTimeout("00:00:10")]
    Task<long> Connect(long waitedMs);

    /// <summary>What a session has to say (<see cref="PeerSession.TakeReport"/>); the answer goes into <see cref="PeerSession.ReportEnded"/>.</summary>
    [Alias("report"), ResponseTimeout("00:00:10")]
    ValueTask<SessionReportAnswer> Report(SessionReport report);

    /// <summary>Another peer's grain says all that it has to say to this one; the answer is what this one has to say to it.</summary>
    [Alias("push"), ResponseTimeout("00:00:10")]
    ValueTask<PeerPush> Push(PeerPush push);

    /// <summary>What the grain knows, for people. One that was not active may not have read its rows yet, and says so.</summary>
    [Alias("describe")]
    Task<PeerDescription> Describe();

    /// <summary>The key of a peer's grain.</summary>
    static string KeyOf(Guid peer) => peer.ToString("D");
}
