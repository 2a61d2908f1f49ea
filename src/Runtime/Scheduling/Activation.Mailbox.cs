using System.Runtime.CompilerServices;
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
    private MailItem? _readyHead;
    private MailItem? _readyTail;
    private MailItem? _waitingHead;
    private MailItem? _waitingTail;
    private bool _touched;

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
                    ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
                    return;
                }
            }
            else
            {
                item.Next = head;
                item.Depth = (head?.Depth ?? 0) + (item.IsCall ? 1 : 0);
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
                    ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
                    return true;
                }
            }
            else
            {
                int depth = (head?.Depth ?? 0) + 1;
                if (depth + Volatile.Read(ref _backlog) > limit)
                {
                    return false;
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
        Worker worker = Worker.Current;
        worker.Activation = this;
        bool stays;
        if (TurnMark.IsSupported)
        {
            worker.Mark.Enter(this);
            stays = Drain(worker);
            worker.Mark.Exit();
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

    /// <summary>Runs items until there are none, and then gives the mailbox up; true when it is kept because the stay is over.</summary>
    private bool Drain(Worker worker)
    {
        worker.Baseline = ExecutionContext.Capture();
        int left = ItemsPerStay;
        do
        {
            TakeInbox();
            while (true)
            {
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
                    return true;
                }
            }
        }
        while (!TryGoIdle());

        return false;
    }

    /// <summary>Moves the inbox, newest first, to the end of the ready list, oldest first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void TakeInbox()
    {
        if (Interlocked.Exchange(ref _inbox, null) is not { } newest || ReferenceEquals(newest, Idle))
        {
            return;
        }

        if (newest.Depth != 0)
        {
            Volatile.Write(ref _backlog, _backlog + newest.Depth);
        }

        MailItem oldest = newest;
        if (newest.Next is { } next)
        {
            MailItem? newer = null;
            MailItem? current = newest;
            while (current is not null)
            {
                next = current.Next!;
                current.Next = newer;
                newer = current;
                current = next;
            }

            oldest = newer!;
        }

        AddReady(oldest, newest);
    }

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

    private bool TryGoIdle()
    {
        if (_touched)
        {
            _touched = false;
            _lastUsedMs = Silo.NowMs;
        }

        KeepWatched();
        return Interlocked.CompareExchange(ref _inbox, Idle, null) is null;
    }
}
