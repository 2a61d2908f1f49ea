using Actors.Runtime.Invocation;
using Orleans.Runtime;

namespace Actors.Runtime.Scheduling;

/// <content>
/// The end of an activation whose grain has moved while its turn does not come to an end, or whose silo is out of the cluster: nothing
/// of it runs any more, and what a turn under way, or a task that it started, still tries is refused.
/// </content>
internal sealed partial class Activation
{
    private volatile bool _isPoisoned;

    /// <summary>True when calls and writes of this activation are refused.</summary>
    public bool IsPoisoned => _isPoisoned;

    /// <summary>True when no turn of it ever starts again.</summary>
    public bool IsCutOff => _isPoisoned || (Silo.Turns is { IsEnded: true } && !Class.IsSystem);

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

        if (_extras is { } extras)
        {
            extras.EndTimers();
            extras.SetEnded();
            CancelPhase(extras);
        }

        Silo.ActivationEnded(this, isFollowed: false);
        Post(new WakeItem());
        return true;
    }

    /// <summary>
    /// Rejects the calls that have started, and those that have not when the silo is out; otherwise these go on to the grain's new
    /// home. Nothing runs. By the draining thread.
    /// </summary>
    private void DrainCutOff()
    {
        Worker worker = Worker.Current;
        do
        {
            TakeInbox();
            (MailItem? ready, MailItem? waiting, MailItem? running) = (_readyHead, _waitingHead, _running);
            _readyHead = _readyTail = _waitingHead = _waitingTail = null;
            _waitingInterleavers = 0;
            _running = _blocking = null;
            _runningCount = 0;
            GiveUp(ready, areStarted: false);
            GiveUp(waiting, areStarted: false);
            GiveUp(running, areStarted: true);
            Volatile.Write(ref _backlog, 0);
        }
        while (!TryGoIdle(worker));
    }

    private void GiveUp(MailItem? item, bool areStarted)
    {
        while (item is not null)
        {
            MailItem? next = item.Next;
            item.Next = null;
            if (item is GrainRequest call)
            {
                if (areStarted || !_isPoisoned)
                {
                    call.Reject(CutOff());
                }
                else
                {
                    call.Forward(this);
                }
            }

            item = next;
        }
    }

    /// <summary>What callers, and code of the activation, are told.</summary>
    public SiloUnavailableException CutOff() => new(_isPoisoned
        ? $"{GrainId} has moved to another silo, and its activation on {Silo.Address} did not end in time: nothing that it does has an effect any more."
        : $"{Silo.Address}, which had {GrainId}, is out of the cluster and runs no more turns.");
}
