using Actors.Runtime.Cluster;
using Actors.Runtime.Invocation;

namespace Actors.Runtime.Scheduling;

internal sealed partial class Activation
{
    /// <summary>How many items one stay on a thread runs before other work of the pool has its chance.</summary>
    private const int ItemsPerStay = 512;

    /// <summary>Stands in the inbox when nobody drains it: who replaces it queues the activation to the pool.</summary>
    private static readonly MailItem Idle = new WakeItem();

    private MailItem? _inbox = Idle;

    // Owned by the draining thread.

    /// <summary>A call that has been taken although it still stands at the bottom of the inbox: nothing below what is above it is read.</summary>
    private MailItem? _bottom;
    private MailItem? _readyHead;
    private MailItem? _readyTail;
    private MailItem? _waitingHead;
    private MailItem? _waitingTail;
    /// <summary>Calls that have been taken out of the inbox and have not started. Written by the draining thread, read by all.</summary>
    private int _backlog;

    /// <summary>When an item last ran that counts as use, in milliseconds of the silo's clock.</summary>
    private long _lastUsedMs;

    /// <summary>Puts an item into the mailbox. Items other than calls always fit.</summary>
    public void Post(MailItem item)
    {
        while (true)
        {
            MailItem? head = Volatile.Read(ref _inbox);
            if (ReferenceEquals(head, Idle))
            {
                item.Next = null;
                item.Depth = item.IsCall ? 1 : 0;
                if (ReferenceEquals(Interlocked.CompareExchange(ref _inbox, item, Idle), Idle))
                {
                    Worker.Current.Queue(this);
                    return;
                }
            }
            else
            {
                item.Next = head;
                item.Depth = DepthOf(head) + (item.IsCall ? 1 : 0);
                if (ReferenceEquals(Interlocked.CompareExchange(ref _inbox, item, head), head))
                {
                    return;
                }
            }
        }
    }

    /// <summary>Puts a call into the mailbox; false, and nothing is done, when it is full.</summary>
    /// <param name="call">The call.</param>
    /// <param name="worker">The calling thread's worker.</param>
    /// <param name="limit">How many calls may wait.</param>
    public bool TryPost(GrainRequest call, Worker worker, int limit)
    {
        while (true)
        {
            MailItem? head = Volatile.Read(ref _inbox);
            if (ReferenceEquals(head, Idle))
            {
                call.Next = null;
                call.Depth = 1;
                if (1 + Volatile.Read(ref _backlog) > limit)
                {
                    return false;
                }

                if (ReferenceEquals(Interlocked.CompareExchange(ref _inbox, call, Idle), Idle))
                {
                    worker.Queue(this);
                    return true;
                }
            }
            else
            {
                int depth = DepthOf(head) + 1;
                if (depth + Volatile.Read(ref _backlog) > limit)
                {
                    // What has been taken in the meantime counts in both: then it is looked at again.
                    if (ReferenceEquals(Volatile.Read(ref _inbox), head) && DepthOf(head) + 1 == depth)
                    {
                        return false;
                    }

                    continue;
                }

                call.Next = head;
                call.Depth = depth;
                if (ReferenceEquals(Interlocked.CompareExchange(ref _inbox, call, head), head))
                {
                    Class.Metrics.Contention.Add(worker.Index);
                    return true;
                }
            }
        }
    }

    /// <summary>The thread pool's entry: drains the mailbox, lets go of it, and then sends off the last answer.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        if (IsCutOff)
        {
            DrainCutOff();
            return;
        }

        if (Silo.Turns is { } lease && !lease.Admits(this))
        {
            return;
        }

        Worker worker = Worker.Current;
        worker.Activation = this;
        bool stays;
        if (TurnMark.IsSupported)
        {
            ref Task? current = ref worker.Mark.Enter(this);
            stays = Drain(worker);
            worker.Mark.Exit(ref current);
        }
        else
        {
            var turns = new Task<bool>(static self => ((Activation)self!).Drain(Worker.Current), this, TaskCreationOptions.DenyChildAttach);
            turns.RunSynchronously(this);
            stays = turns.GetAwaiter().GetResult();
        }

        worker.Activation = null;
        GrainRequest? answer = worker.Answer;
        worker.Answer = null;
        if (stays)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        answer?.Deliver(inline: true);
    }

    /// <summary>True when no turn may start now.</summary>
    /// <param name="lease">The silo's lease of turns; null where there is no cluster.</param>
    private bool MustPause(TurnLease? lease) => _isPoisoned || (lease is { IsOver: true } && !Class.IsSystem);

    /// <summary>Runs items until there are none, and then gives the mailbox up; true when it is kept because the stay is over.</summary>
    private bool Drain(Worker worker)
    {
        worker.Baseline ??= ExecutionContext.Capture();
        TurnLease? lease = Silo.Turns;
        int left = ItemsPerStay;
        do
        {
            if (MustPause(lease))
            {
                return true;
            }

            if (TakeAlone() is { } call)
            {
                worker.Flush();
                StartTurn(call, worker);
                left--;
            }
            else
            {
                TakeInbox();
            }

            while (true)
            {
                if (!_lifeChange && !_pump && _readyHead is null)
                {
                    break;
                }

                if (MustPause(lease))
                {
                    NoteUse(worker);
                    return true;
                }

                if (_lifeChange)
                {
                    worker.Flush();
                    ChangeLife();
                }

                if (_pump)
                {
                    if (NextWaiting() is { } admitted)
                    {
                        worker.Flush();
                        Uncount(admitted);
                        StartTurn(admitted, worker);
                        left--;
                    }
                    else
                    {
                        _pump = false;
                    }
                }

                if (_readyHead is { } item)
                {
                    _readyHead = item.Next;
                    if (_readyHead is null)
                    {
                        // What has run is garbage: an idle activation that kept its last item would pass it on to the older generations.
                        _readyTail = null;
                    }

                    item.Next = null;
                    worker.Flush();
                    item.Run(this, worker);
                    left--;
                }
                else if (!_pump && !_lifeChange)
                {
                    break;
                }

                if (left <= 0)
                {
                    NoteUse(worker);
                    return true;
                }
            }
        }
        while (!TryGoIdle(worker));

        return false;
    }

    /// <summary>
    /// A call that is alone in the inbox and may start at once; null when there is none. It stays where it is and is remembered,
    /// which saves an exchange and the lists: mostly it is answered, and the inbox idle again, before anything follows. Only
    /// calls are taken like this, because each is posted once; a timer's tick may come again while it stands there.
    /// </summary>
    private GrainRequest? TakeAlone()
    {
        if (_bottom is not null || _readyHead is not null || _runningCount != 0 || _pump || _lifeChange || !IsActive)
        {
            return null;
        }

        if (Volatile.Read(ref _inbox) is not { Depth: 1, Next: null } alone)
        {
            return null;
        }

        alone.Depth = 0;
        _bottom = alone;
        return (GrainRequest)alone;
    }

    /// <summary>Moves the inbox, newest first, to the end of the ready list, oldest first.</summary>
    private void TakeInbox()
    {
        if (ReferenceEquals(Volatile.Read(ref _inbox), _bottom))
        {
            return;
        }

        MailItem newest = Interlocked.Exchange(ref _inbox, null)!;
        MailItem? oldest = null;
        MailItem? current = newest;
        int calls = 0;
        while (current is not null && !ReferenceEquals(current, _bottom))
        {
            calls += current.IsCall ? 1 : 0;
            MailItem? older = current.Next;
            current.Next = oldest;
            oldest = current;
            current = older;
        }

        _bottom = null;
        if (calls != 0)
        {
            Volatile.Write(ref _backlog, _backlog + calls);
        }

        AddReady(oldest!, newest);
    }

    /// <summary>Notes that the activation has been used, if that counts.</summary>
    private void NoteUse(Worker worker)
    {
        if (worker.Touched)
        {
            worker.Touched = false;
            long nowMs = Silo.NowMs;
            if (nowMs != _lastUsedMs)
            {
                Volatile.Write(ref _lastUsedMs, nowMs);
            }
        }
    }

    private static int DepthOf(MailItem? head) => head?.Depth ?? 0;

    private void AddReady(MailItem first, MailItem last)
    {
        if (_readyHead is null)
        {
            _readyHead = first;
        }
        else
        {
            _readyTail!.Next = first;
        }

        _readyTail = last;
    }

    private bool TryGoIdle(Worker worker)
    {
        NoteUse(worker);
        KeepWatched();
        MailItem? bottom = _bottom;
        _bottom = null;
        if (ReferenceEquals(Interlocked.CompareExchange(ref _inbox, Idle, bottom), bottom))
        {
            return true;
        }

        _bottom = bottom;
        return false;
    }
}
