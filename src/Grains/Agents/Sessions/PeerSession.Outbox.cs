using Actors.Agents;

namespace Actors.Grains.Agents;

/// <summary>The side that faces the socket.</summary>
public sealed partial class PeerSession
{
    private PeerMap<OutboxSlot> _slots;
    private OutboxSlot? _firstUntold;
    private OutboxSlot? _lastUntold;
    private long _shownNumber;

    /// <summary>Whether <see cref="TryTake"/> may have something.</summary>
    public bool HasUpdates => _firstUntold is not null;

    /// <summary>Peers that are kept for this socket: those with a tunnel, and those that it has still to be told of that there is none.</summary>
    public int SlotCount => _slots.Count;

    /// <summary>The grain shows peers. The newest sight of each counts; what the socket did not take in between is passed over.</summary>
    public ShowOutcome Show(PeerShow show)
    {
        ArgumentNullException.ThrowIfNull(show);
        if (show.Epoch != Epoch)
            return ShowOutcome.NotHeld;
        if (show.Attachment != _attachment)
            return ShowOutcome.Stale;
        if (show.Number <= _shownNumber)
            return ShowOutcome.Taken;
        _shownNumber = show.Number;
        foreach (var slot in show.Slots)
            See(slot);
        return ShowOutcome.Taken;
    }

    /// <summary>Takes the next thing to tell; it counts as told, so it has to be written, or the socket closed.</summary>
    public bool TryTake(out PeerUpdate update)
    {
        while (_firstUntold is { } slot)
        {
            if (TryTell(slot, out update))
                return true;
            (_firstUntold, slot.NextUntold, slot.IsQueued) = (slot.NextUntold, null, false);
            if (_firstUntold is null)
                _lastUntold = null;
            if (slot.Sight == PeerSight.Unlinked)
                _slots.Remove(slot.Peer);
        }

        update = default;
        return false;
    }

    private void See(PeerSlot seen)
    {
        var slot = _slots.Find(seen.Peer);
        if (slot is null)
        {
            if (seen.Sight == PeerSight.Unlinked)
                return;
            _slots.Add(slot = new OutboxSlot(seen.Peer));
        }

        if (seen.Sight == PeerSight.Unlinked)
        {
            Unlink(slot);
            return;
        }

        if (seen.Ready > slot.Ready)
            slot.Ready = seen.Ready;
        if (slot.Sight == PeerSight.Unlinked || seen.Version >= slot.Version)
        {
            slot.Sight = seen.Sight;
            slot.Version = seen.Version;
            slot.Node = seen.Node;
        }

        Queue(slot);
    }

    private void Unlink(OutboxSlot slot)
    {
        slot.Sight = PeerSight.Unlinked;
        slot.Node = default;
        slot.Ready = default;
        Queue(slot);
    }

    private void Queue(OutboxSlot slot)
    {
        if (slot.IsQueued)
            return;
        slot.IsQueued = true;
        if (_lastUntold is null)
            _firstUntold = slot;
        else
            _lastUntold.NextUntold = slot;
        _lastUntold = slot;
    }

    private static bool TryTell(OutboxSlot slot, out PeerUpdate update)
    {
        switch (slot.Sight)
        {
            case PeerSight.Node when slot.TryTakeNode(out var node):
                update = new PeerUpdate(slot.Peer, PeerUpdateKind.Node, node, null);
                return true;
            case PeerSight.Node when slot.Ready > slot.ToldReady:
                slot.ToldReady = slot.Ready;
                update = new PeerUpdate(slot.Peer, PeerUpdateKind.ReadyForHandshake, default, null);
                return true;
            case PeerSight.Lost when slot.Last == OutboxSlot.Told.Node:
                slot.Tell(OutboxSlot.Told.Lost);
                update = new PeerUpdate(slot.Peer, PeerUpdateKind.Lost, default, "lost");
                return true;
            case PeerSight.Gone or PeerSight.Unlinked when slot.Last != OutboxSlot.Told.Nothing:
                slot.Tell(OutboxSlot.Told.Nothing);
                update = new PeerUpdate(slot.Peer, PeerUpdateKind.Disconnected, default, slot.Sight == PeerSight.Gone ? "graceful disconnect" : "tunnel removed");
                return true;
            default:
                update = default;
                return false;
        }
    }
}
