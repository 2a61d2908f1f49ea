using Actors.Runtime.Scheduling;

namespace Actors.Runtime.Invocation;

/// <summary>
/// What can end a call's waiting before the answer: the caller's token and a time-out that is too short for the overseer's
/// tick. The callee sees a token of its own, which both cancel.
/// </summary>
internal sealed class CallControl : IDisposable
{
    private readonly GrainRequest _call;
    private readonly LocalSilo _silo;
    private CancellationTokenSource? _callee;
    private CancellationTokenRegistration _registration;
    private ITimer? _timer;

    public CallControl(GrainRequest call, LocalSilo silo)
    {
        _call = call;
        _silo = silo;
    }

    /// <summary>Gives the callee a token of its own, and has the caller's token cancel it.</summary>
    public void Attach(CancellationToken caller)
    {
        _callee = new CancellationTokenSource();
        _call.SetCancellationToken(_callee.Token);
        if (caller.CanBeCanceled)
        {
            _registration = caller.UnsafeRegister(static (control, token) => ((CallControl)control!).CallerCancelled(token), this);
        }
    }

    /// <summary>Has the call expire at its own time.</summary>
    public void Arm(double timeoutMs)
    {
        using AsyncFlowControl flow = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
        _timer = _silo.Time.CreateTimer(
            static state =>
            {
                var control = (CallControl)state!;
                control._call.Expire(control._silo, control._silo.ResponseTimeoutMsOf(control._call.Method));
            },
            this,
            TimeSpan.FromMilliseconds(timeoutMs),
            Timeout.InfiniteTimeSpan);
    }

    /// <summary>Cancels the callee's token, here or on the silo that has the call, on the thread pool: what has registered with it runs on nobody's turn.</summary>
    public void CancelCallee()
    {
        _call.Extras?.Sent?.Cancel();
        if (_callee is { IsCancellationRequested: false } callee)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static source => source.Cancel(), callee, preferLocal: false);
        }
    }

    /// <summary>The call has been answered.</summary>
    public void Dispose()
    {
        _registration.Unregister();
        _timer?.Dispose();
    }

    private void CallerCancelled(CancellationToken token)
    {
        // First the caller, with the token that it knows: a callee that hears of it may answer at once, and its token is another.
        if (!_silo.WaitsForCancelledCallee && !_call.Method.IsOneWay)
        {
            _call.Reject(new OperationCanceledException($"The caller of {_call.Label} cancelled the call.", token));
        }

        CancelCallee();
    }
}
