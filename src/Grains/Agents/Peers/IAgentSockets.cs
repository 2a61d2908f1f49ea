using Actors.Agents;

namespace Actors.Grains.Agents;

/// <summary>The sockets of agents and clients that this silo holds. Safe for use from any thread; no member waits for anything.</summary>
/// <remarks>
/// A session is to be found here before its first report is sent: the grain shows peers as soon as it has it. It is found
/// until its socket is closed; that its grain has still to hear of the end makes no difference.
/// </remarks>
public interface IAgentSockets
{
    /// <summary>Shows peers to the session of a connection (<see cref="PeerSession.Show"/>) and has what is new written to its socket.</summary>
    /// <returns><see cref="ShowOutcome.NotHeld"/> when the peer has no open socket here, or one of another epoch.</returns>
    ShowOutcome Show(Guid peer, PeerShow show);

    /// <summary>Begins to close the socket of a connection; does nothing when it is not open here.</summary>
    void Drop(Guid peer, long epoch, AgentCloseCode code);

    /// <summary>
    /// Whether the socket of a connection is open here. If it is, its session soon says so to its grain: who asks has lost sight of it, or
    /// talks to a grain that has.
    /// </summary>
    bool Holds(Guid peer, long epoch);
}
