using Actors.Runtime.Invocation;
using Orleans.CodeGeneration;

namespace Actors.Runtime.Scheduling;

internal sealed partial class Activation
{
    private static readonly Action<Task, object?> WhenDone = static (task, state) =>
    {
        Worker worker = Worker.Current;
        worker.Activation!.Resume((TurnItem)state!, task, worker);
    };

    // Owned by the draining thread.
    private TurnItem? _running;
    private int _runningCount;
    private TurnItem? _blocking;
    private bool _pump;

    /// <summary>Waiting items that may run beside any other: they waited for the activation to begin, not for a call.</summary>
    private int _waitingInterleavers;

    /// <summary>Starts an item if the rules of interleaving allow it now; otherwise it waits, or goes to the next activation.</summary>
    public void Admit(TurnItem item, Worker worker)
    {
        if (_state == Active && !_ending)
        {
            if (_runningCount == 0 || MayInterleave(item))
            {
                Uncount(item);
                StartTurn(item, worker);
                return;
            }
        }
        else if (_state == Closed)
        {
            Uncount(item);
            item.Forward(this);
            return;
        }

        Wait(item);
    }

    /// <summary>Runs a task of this scheduler as a turn.</summary>
    public void RunTask(Task task, Worker worker)
    {
        worker.Sequence++;
        if (!Class.Metrics.IsTimed(worker.Index, Silo.Epoch))
        {
            TryExecuteTask(task);
            return;
        }

        long started = Silo.Time.GetTimestamp();
        TryExecuteTask(task);
        Class.Metrics.RecordTurn(Silo.Time.GetElapsedTime(started));
    }

    private void StartTurn(TurnItem item, Worker worker)
    {
        if (item.IsAbandoned)
        {
            return;
        }

        worker.Touched |= item.KeepsAlive;
        worker.Turn = item;
        worker.Sequence++;
        Task? pending;
        try
        {
            pending = item.Begin(this, worker);
        }
        catch (Exception error)
        {
            worker.EndTurn();
            item.End(this, worker, error);
            return;
        }

        worker.EndTurn();
        if (pending is null)
        {
            item.End(this, worker, error: null);
        }
        else
        {
            Suspend(item, pending);
        }
    }

    /// <summary>An item waits for something: it stays in the list of running items until its task is done.</summary>
    private void Suspend(TurnItem item, Task pending)
    {
        item.PreviousRunning = null;
        item.Next = _running;
        if (_running is { } next)
        {
            next.PreviousRunning = item;
        }

        _running = item;
        _runningCount++;
        if (_blocking is null && (item.Options & InvokeMethodOptions.AlwaysInterleave) == 0)
        {
            _blocking = item;
        }

        pending.ContinueWith(WhenDone, item, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, this);
    }

    /// <summary>A suspended item's task is done; runs in a turn.</summary>
    private void Resume(TurnItem item, Task task, Worker worker)
    {
        var next = (TurnItem?)item.Next;
        if (item.PreviousRunning is { } previous)
        {
            previous.Next = next;
        }
        else
        {
            _running = next;
        }

        if (next is not null)
        {
            next.PreviousRunning = item.PreviousRunning;
        }

        item.Next = item.PreviousRunning = null;

        _runningCount--;
        if (ReferenceEquals(_blocking, item))
        {
            _blocking = null;
        }

        _pump = _waitingHead is not null;
        worker.Touched |= item.KeepsAlive;
        if (_ending)
        {
            _lifeChange = true;
        }

        Exception? failure = null;
        try
        {
            item.TakeResult(task);
        }
        catch (Exception error)
        {
            failure = error;
        }

        item.End(this, worker, failure);
    }

    /// <summary>
    /// May it start although others are suspended? Beside anything when it or its class says so; read-only ones beside each
    /// other. The item that blocks is the oldest that does not interleave.
    /// </summary>
    private bool MayInterleave(TurnItem item) =>
        Class.IsReentrant
        || (item.Options & InvokeMethodOptions.AlwaysInterleave) != 0
        || _blocking is null
        || (_blocking.Options & item.Options & InvokeMethodOptions.ReadOnly) != 0;

    private void Wait(TurnItem item)
    {
        item.Next = null;
        if (_waitingHead is null)
        {
            _waitingHead = item;
        }
        else
        {
            _waitingTail!.Next = item;
        }

        _waitingTail = item;
        if ((item.Options & InvokeMethodOptions.AlwaysInterleave) != 0)
        {
            _waitingInterleavers++;
        }
    }

    /// <summary>Takes the first waiting item that may start now; null when there is none.</summary>
    private TurnItem? NextWaiting()
    {
        if (_state != Active || _ending || _waitingHead is not TurnItem first)
        {
            return null;
        }

        if (_runningCount == 0 || MayInterleave(first))
        {
            return TakeWaiting(previous: null, first);
        }

        if (_waitingInterleavers > 0)
        {
            MailItem previous = first;
            while (previous.Next is TurnItem item)
            {
                if ((item.Options & InvokeMethodOptions.AlwaysInterleave) != 0)
                {
                    return TakeWaiting(previous, item);
                }

                previous = item;
            }
        }

        return null;
    }

    private TurnItem TakeWaiting(MailItem? previous, TurnItem item)
    {
        if (previous is null)
        {
            _waitingHead = item.Next;
        }
        else
        {
            previous.Next = item.Next;
        }

        if (item.Next is null)
        {
            _waitingTail = previous;
        }

        item.Next = null;
        if ((item.Options & InvokeMethodOptions.AlwaysInterleave) != 0)
        {
            _waitingInterleavers--;
        }

        return item;
    }

    private void Uncount(TurnItem item)
    {
        if (item.IsCall)
        {
            Volatile.Write(ref _backlog, _backlog - 1);
        }
    }
}
