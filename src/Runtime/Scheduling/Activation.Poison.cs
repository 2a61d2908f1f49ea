using Actors.Runtime.Invocation;
using Orleans.Runtime;

namespace Actors.Runtime.Scheduling;

/// <content>
/// The end of an activation whose grain has moved while its turn does not come to an end: nothing of it runs any more, and what a
/// turn under way, or a task that it started, still tries is refused.
/// </content>
internal sealed partial class Activation
{
    private volatile bool _isPoisoned;

    /// <summary>True when calls and writes of this activation are refused.</summary>
    public bool IsPoisoned => _isPoisoned;

    /// <summary>Cuts the activation off, and takes it out of the silo; false when it has ended. From any thread.</summary>
    public bool Poison()
    {
        if (IsClosed || _isPoisoned)
        {
            return false;
        }

        _isPoisoned = true;
        if (!Class.TryRemove(this))
        {
            return false;
        }

        Silo.ActivationEnded(this, isFollowed: false);
        Post(new WakeItem());
        return true;
    }

    /// <summary>Sends on the calls that have not started and rejects those that have; nothing runs. By the draining thread.</summary>
    private void DrainPoisoned()
    {
        Worker worker = Worker.Current;
        do
        {
            TakeInbox();
            SendOn(_readyHead);
            SendOn(_waitingHead);
            _readyHead = _readyTail = null;
            _waitingHead = _waitingTail = null;
            for (MailItem? item = _running; item is not null; item = item.Next)
            {
                (item as GrainRequest)?.Reject(CutOff());
            }
        }
        while (!TryGoIdle(worker));
    }

    private void SendOn(MailItem? item)
    {
        while (item is not null)
        {
            MailItem? next = item.Next;
            item.Next = null;
            (item as GrainRequest)?.Forward(this);
            item = next;
        }
    }

    /// <summary>What code of a poisoned activation is told.</summary>
    public SiloUnavailableException CutOff() => new($"{GrainId} has moved to another silo, and its activation on {Silo.Address} did not end in time: nothing that it does has an effect any more.");
}
