using Actors.Runtime.Peering;
using Actors.Runtime.Serialization;
using Orleans.Runtime;

namespace Actors.Runtime.Cluster;

/// <content>What peers tell.</content>
internal sealed partial class ClusterDriver : IPeerEvents
{
    string? IPeerEvents.Admits(PeerIdentity peer)
    {
        ClusterView view = Routes.View;
        if (view.IsDead(peer.Address))
        {
            return $"{peer.Address} was declared dead in view {view.Version}.";
        }

        ViewMember? sameNode = Array.Find(view.Members, member => member.IsLive && member.NodeId == peer.NodeId && !member.Silo.Equals(peer.Address));
        return sameNode is null || sameNode.Silo.Endpoint.Equals(peer.Address.Endpoint) ? null : $"{sameNode.Silo} has node id {peer.NodeId} already.";
    }

    void IPeerEvents.Connected(PeerIdentity peer) => Do((machine, nowMs) =>
    {
        _peerRefusals.Remove(peer.Address);
        machine.Connected(peer.Address, nowMs);
    });

    void IPeerEvents.Lost(PeerIdentity peer, string reason, bool replaced)
    {
        // The hub dials again at once; what it meets is the evidence.
        if (!Routes.View.IsLive(peer.Address))
        {
            _calls?.Hub.Forget(peer.Address, reason);
        }
    }

    void IPeerEvents.Refused(SiloAddress peer, PeerRefusal refusal)
    {
        if (!Status.Now.IsActive)
        {
            lock (_lock)
            {
                _peerRefusals[peer] = $"{peer} was not reached: {refusal.Reason}";
                Tell();
            }
        }

        if (!Routes.View.IsLive(peer))
        {
            _calls?.Hub.Forget(peer, $"{peer} is no member.");
        }
        else if (refusal.Evidence is PeerEvidence.ConnectionRefused)
        {
            Do((machine, nowMs) => machine.SurelyDead(peer, nowMs));
        }
        else if (refusal is { Evidence: PeerEvidence.OtherGeneration, Answering: { } other })
        {
            Do((machine, nowMs) => machine.Replaced(peer, other.NodeId, nowMs));
        }
        else if (refusal.Evidence is PeerEvidence.NotAdmitted)
        {
            ReadTableSoon();
        }
    }

    void IPeerEvents.Received(PeerIdentity peer, byte[] message)
    {
        try
        {
            if (_messages.Read(message) is { } read)
            {
                Do((machine, nowMs) => machine.Receive(peer.Address, read, nowMs));
            }
        }
        catch (WireFormatException rubbish)
        {
            _calls?.Hub.Drop(peer.Address, $"it sent a message that is none: {rubbish.Message}");
        }
    }

    private void Send(SiloAddress to, PeerMessage message)
    {
        if (_calls?.Hub.TrySend(to, _messages.Write(message)) is SendResult.Full)
        {
            _calls.Hub.Drop(to, "it does not read what it is sent");
        }
    }
}
