using Actors.Runtime.Invocation;
using Actors.Runtime.Management;
using Actors.Runtime.Scheduling;
using Orleans.CodeGeneration;
using Orleans.Runtime;

namespace Actors.Runtime.Timers;

/// <summary>
/// A timer of an activation. It is its own mailbox item: when it is due it puts itself into the mailbox, once, and it is armed
/// again when the tick has ended, so ticks of one timer never overlap or pile up.
/// </summary>
internal abstract class GrainTimer : TurnItem, IGrainTimer
{
    private readonly Activation _activation;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly bool _interleave;
    private readonly bool _keepAlive;
    private TimeSpan _period;
    private TimeSpan _changedDueTime;
    private bool _changed;
    private bool _queued;
    private bool _disposed;

    protected GrainTimer(Activation activation, GrainTimerCreationOptions options)
    {
        _activation = activation;
        _period = options.Period;
        _interleave = options.Interleave;
        _keepAlive = options.KeepAlive;
        using AsyncFlowControl flow = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
        _timer = activation.Silo.Time.CreateTimer(
            static timer => ((GrainTimer)timer!).Due(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    internal override InvokeMethodOptions Options => _interleave ? InvokeMethodOptions.AlwaysInterleave : InvokeMethodOptions.None;

    internal override string Label => "timer";

    internal override bool KeepsAlive => _keepAlive;

    internal override bool IsAbandoned => _disposed;

    /// <summary>Cancelled when the timer or its activation ends.</summary>
    protected CancellationToken Ended => _ended.Token;

    public static void Check(TimeSpan span, string name)
    {
        if (span < TimeSpan.Zero && span != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name, span, "A timer's due time and period are zero, positive or infinite.");
        }

        if (span.TotalMilliseconds >= uint.MaxValue - 1)
        {
            throw new ArgumentOutOfRangeException(name, span, "A timer's due time and period are at most 49 days.");
        }
    }

    /// <summary>Arms the timer for the first time.</summary>
    public void Begin(TimeSpan dueTime)
    {
        if (_activation.TryAddTimer(this))
        {
            _timer.Change(dueTime, Timeout.InfiniteTimeSpan);
        }
        else
        {
            Dispose();
        }
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Check(dueTime, nameof(dueTime));
        Check(period, nameof(period));
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _period = period;
            if (_queued)
            {
                // A tick waits or runs: the change holds from its end.
                _changed = true;
                _changedDueTime = dueTime;
            }
            else
            {
                _timer.Change(dueTime, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>What can be seen of it from outside. From any thread.</summary>
    public TimerReading Read() => new(_period, _queued, _keepAlive);

    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        _timer.Dispose();
        _ended.Cancel();
        _activation.RemoveTimer(this);
    }

    internal override void TakeResult(Task completed) => completed.GetAwaiter().GetResult();

    internal override void End(Activation activation, Worker worker, Exception? error)
    {
        if (error is not null && !(_disposed && error is OperationCanceledException))
        {
            activation.Silo.Log.TimerFailed(error, activation.GrainId);
        }

        lock (_lock)
        {
            _queued = false;
            if (_disposed)
            {
                return;
            }

            _timer.Change(_changed ? _changedDueTime : _period, Timeout.InfiniteTimeSpan);
            _changed = false;
        }
    }

    internal override void Forward(Activation activation)
    {
    }

    private void Due()
    {
        lock (_lock)
        {
            if (_disposed || _queued)
            {
                return;
            }

            _queued = true;
        }

        _activation.Post(this);
    }
}
