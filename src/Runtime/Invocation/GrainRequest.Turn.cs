using Actors.Runtime.Filters;
using Actors.Runtime.Metrics;
using Actors.Runtime.Scheduling;
using Orleans;
using Orleans.Storage;

namespace Actors.Runtime.Invocation;

/// <content>The call's way through its target's turn.</content>
public abstract partial class GrainRequest
{
    internal sealed override Task? Begin(Activation activation, Worker worker)
    {
        if (SentAt != 0)
        {
            return BeginTimed(activation);
        }

        return Extras is null && !activation.Class.HasFilters ? Start(activation.GetTarget()!) : BeginInContext(activation);
    }

    internal sealed override void TakeResult(Task completed)
    {
        if (_isFiltered)
        {
            // The last of the filters' steps has kept the result, and one of them may have replaced it.
            completed.GetAwaiter().GetResult();
        }
        else
        {
            Keep(completed);
        }
    }

    internal sealed override void End(Activation activation, Worker worker, Exception? error)
    {
        if (Extras is { } extras)
        {
            extras.Ambient?.Leave(error);
            extras.Control?.Dispose();
        }

        if (activation.IsPoisoned)
        {
            error = activation.CutOff();
        }

        if (error is InconsistentStateException { IsSourceActivation: true } conflict)
        {
            conflict.IsSourceActivation = false;
            activation.Deactivate(new DeactivationReason(
                DeactivationReasonCode.ApplicationError, conflict, "The stored state is not the one in memory."));
        }

        if (Method.IsOneWay)
        {
            Count(activation, worker, error);
            if (error is not null)
            {
                activation.Silo.Log.OneWayFailed(error, activation.GrainId, Label);
            }

            Extras?.Received?.Release();
            return;
        }

        if (TryClaimAnswer())
        {
            error ??= Extras?.Received is { } received ? received.KeepResult() : DetachResult();
            Count(activation, worker, error);
            Error = error;
            worker.Flush();
            worker.Answer = this;
        }
    }

    internal sealed override void Forward(Activation activation) => activation.Silo.Resend(this);

    /// <summary>Gives up before the call has begun: the caller gets <paramref name="error"/>.</summary>
    internal void Reject(Exception error)
    {
        if (Method.IsOneWay)
        {
            DropOneWay(error);
            return;
        }

        if (!TryClaimAnswer())
        {
            return;
        }

        Extras?.Control?.Dispose();
        Error = error;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Gives up on the caller's own stack, before it has got what it awaits.</summary>
    internal void RejectAtOnce(Exception error)
    {
        if (Method.IsOneWay)
        {
            DropOneWay(error);
        }
        else if (TryClaimAnswer())
        {
            Extras?.Control?.Dispose();
            Error = error;
            Deliver(inline: false);
        }
    }

    /// <summary>The thread pool's entry: hands out the answer, with nothing on the stack below it.</summary>
    void IThreadPoolWorkItem.Execute() => Deliver(inline: true);

    /// <summary>True for exactly one caller: that one answers.</summary>
    internal bool TryClaimAnswer() => Interlocked.Exchange(ref _answer, Answered) == Waiting;

    /// <summary>The answer has come from another silo: the result, which this request has, or an error. By who has claimed it.</summary>
    internal void Complete(Exception? error)
    {
        Extras?.Control?.Dispose();
        Error = error;
        if (Source is null)
        {
            Worker.Current.Queue(this);
        }
        else
        {
            Deliver(inline: false);
        }
    }

    /// <summary>Hands the answer to the caller, to the outgoing filters in between, or to the silo that it came from.</summary>
    internal void Deliver(bool inline)
    {
        if (Extras is { } extras)
        {
            if (extras.Received is { } received)
            {
                received.Answer(Error);
                return;
            }

            if (extras.Outgoing is { } outgoing)
            {
                outgoing.Answered(Error);
                return;
            }
        }

        Answer(Error, inline);
    }

    /// <summary>Answers with a time-out if the caller has waited too long.</summary>
    internal void ExpireIfOlder(long nowMs)
    {
        if (IsAbandoned || Method.IsOneWay || Target is not { } target)
        {
            return;
        }

        LocalSilo silo = (LocalSilo)target.Shared.Sender;
        long limitMs = silo.ResponseTimeoutMsOf(Method);
        if (nowMs - SentMs > limitMs)
        {
            Expire(silo, limitMs);
        }
    }

    /// <summary>Answers with a time-out and cancels the callee's token.</summary>
    internal void Expire(LocalSilo silo, double limitMs)
    {
        if (!TryClaimAnswer())
        {
            return;
        }

        if (Target.Shared.Route is Activations.GrainClass grainClass)
        {
            grainClass.Metrics.CallsOf(Method).Count(CallOutcome.Timeout, 0);
        }

        Error = new TimeoutException($"No answer came from {Target.GrainId} to {Label} within {limitMs:F0} ms.");
        if (silo.CancelsOnTimeout)
        {
            Extras?.Control?.CancelCallee();
        }

        Extras?.Control?.Dispose();
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private void DropOneWay(Exception error)
    {
        if (Extras is { Sent: not null } or { Received: not null })
        {
            ((LocalSilo)Target.Shared.Sender).Log.OneWayFailed(error, Target.GrainId, Label);
            Extras.Received?.Release();
        }
    }

    private Task? BeginTimed(Activation activation)
    {
        TimeProvider time = activation.Silo.Time;
        long started = time.GetTimestamp();
        activation.Class.Metrics.RecordWait(time.GetElapsedTime(SentAt, started));
        try
        {
            return Extras is null && !activation.Class.HasFilters ? Start(activation.GetTarget()!) : BeginInContext(activation);
        }
        finally
        {
            activation.Class.Metrics.RecordTurn(time.GetElapsedTime(started));
        }
    }

    private Task? BeginInContext(Activation activation)
    {
        object target = activation.GrainInstance ?? throw LocalSilo.TargetIsGone(activation);
        Extras?.Ambient?.Enter(Method.ActivityName, Method.InterfaceName, Method.MethodName, activation.GrainId);
        if (!activation.Class.HasCallFilters)
        {
            return Start(target);
        }

        _isFiltered = true;
        Task pending = new IncomingCall(this, activation, target).Invoke();
        return pending.IsCompletedSuccessfully ? null : pending;
    }

    private void Count(Activation activation, Worker worker, Exception? error) =>
        activation.Class.Metrics.CallsOf(Method).Count(
            error switch { null => CallOutcome.Ok, OperationCanceledException => CallOutcome.Cancelled, _ => CallOutcome.Error }, worker.Index);
}
