using Orleans.Runtime;

namespace Actors.Runtime.Peering;

/// <summary>
/// The one loop that tells the owner what happens. What happens to connections always fits, for it comes slowly; of messages a peer
/// may have only so many waiting, then its connection is not read for a while, and the others' are.
/// </summary>
internal sealed class PeerEventPump(IPeerEvents owner, PeerLog log) : IThreadPoolWorkItem
{
    private const int MaxWaitingMessages = 64;

    private readonly Lock _lock = new();
    private readonly Queue<(SiloAddress? Sender, Action Tell)> _events = new();
    private readonly Dictionary<SiloAddress, int> _waiting = [];
    private readonly Dictionary<SiloAddress, TaskCompletionSource> _readers = [];
    private bool _running;

    public void Connected(PeerIdentity peer) => Post(null, () => owner.Connected(peer));

    public void Lost(PeerIdentity peer, string reason, bool replaced) => Post(null, () => owner.Lost(peer, reason, replaced));

    public void Refused(SiloAddress peer, PeerRefusal refusal) => Post(null, () => owner.Refused(peer, refusal));

    public void Received(PeerIdentity peer, byte[] message) => Post(peer.Address, () => owner.Received(peer, message));

    /// <summary>True when no more of this peer's messages should be read now.</summary>
    public bool IsFull(PeerIdentity peer)
    {
        lock (_lock)
        {
            return _waiting.GetValueOrDefault(peer.Address) >= MaxWaitingMessages;
        }
    }

    /// <summary>Completes when there is room for this peer's messages.</summary>
    public Task RoomAsync(PeerIdentity peer)
    {
        lock (_lock)
        {
            if (_waiting.GetValueOrDefault(peer.Address) < MaxWaitingMessages)
            {
                return Task.CompletedTask;
            }

            if (!_readers.TryGetValue(peer.Address, out TaskCompletionSource? reader))
            {
                _readers[peer.Address] = reader = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return reader.Task;
        }
    }

    /// <summary>The thread pool's entry: tells everything that has happened.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        while (TryTake(out Action? tell))
        {
            try
            {
                tell!();
            }
            catch (Exception error)
            {
                log.OwnerFailed(error);
            }
        }
    }

    private void Post(SiloAddress? sender, Action tell)
    {
        lock (_lock)
        {
            _events.Enqueue((sender, tell));
            if (sender is not null)
            {
                _waiting[sender] = _waiting.GetValueOrDefault(sender) + 1;
            }

            if (_running)
            {
                return;
            }

            _running = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private bool TryTake(out Action? tell)
    {
        lock (_lock)
        {
            if (!_events.TryDequeue(out (SiloAddress? Sender, Action Tell) next))
            {
                _running = false;
                tell = null;
                return false;
            }

            tell = next.Tell;
            if (next.Sender is { } sender)
            {
                int left = _waiting[sender] - 1;
                if (left == 0)
                {
                    _waiting.Remove(sender);
                }
                else
                {
                    _waiting[sender] = left;
                }

                if (left <= MaxWaitingMessages / 2 && _readers.Remove(sender, out TaskCompletionSource? reader))
                {
                    reader.SetResult();
                }
            }

            return true;
        }
    }
}
