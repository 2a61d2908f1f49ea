using Actors.Runtime.Invocation;
using Actors.Runtime.Management;

namespace Actors.Runtime.Scheduling;

/// <content>
/// What the overseer looks at from its own thread, while turns run. The lists that it walks may change under it: it can then
/// miss an item, which it meets in the next second, or meet one that has moved elsewhere, which does no harm, because all
/// it does is to answer a call that is too old, and a call is answered once.
/// </content>
internal sealed partial class Activation
{
    private const int MaxStepsPerList = 100_000;

    private bool IsAwaited => (_runningCount != 0 || _waitingHead is not null || _state is Beginning or Stopping) && !IsCutOff;

    private long _phaseStartedMs;

    /// <summary>1 while the activation is in the overseer's list of those that somebody waits for.</summary>
    private int _watched;

    /// <summary>Looks for calls that are too old; false when nobody waits for anything here and it can be forgotten.</summary>
    public bool Inspect(long nowMs)
    {
        Expire(nowMs);
        CancelPhase(nowMs);
        if (IsAwaited)
        {
            return true;
        }

        // The mark goes first and the state is read again: a turn that suspends now either sees no mark and registers, or is seen.
        Interlocked.Exchange(ref _watched, 0);
        return IsAwaited && Interlocked.Exchange(ref _watched, 1) == 0;
    }

    /// <summary>Has the overseer look at this activation as long as somebody waits for it. By the draining thread.</summary>
    private void KeepWatched()
    {
        if (!IsAwaited)
        {
            return;
        }

        Interlocked.MemoryBarrier();
        if (_watched == 0 && Interlocked.Exchange(ref _watched, 1) == 0)
        {
            Silo.Overseer.Watch(this);
        }
    }

    /// <summary>
    /// What a turn that goes on behind an await belongs to: the call that is under way, where there is one only; the framework does
    /// not tell which of several.
    /// </summary>
    public string ContinuedLabel => _running is { } item && item.Next is null ? item.Label : "a continuation";

    /// <summary>Answers the calls that are too old.</summary>
    public void Expire(long nowMs)
    {
        Expire(Volatile.Read(ref _inbox), nowMs);
        Expire(_readyHead, nowMs);
        Expire(_waitingHead, nowMs);
        Expire(_running, nowMs);
    }

    /// <summary>How many calls have arrived and not begun, about now. From any thread.</summary>
    public int WaitingCalls => DepthOf(Volatile.Read(ref _inbox)) + Volatile.Read(ref _backlog);

    /// <summary>What can be seen of it from outside, about now. From any thread.</summary>
    public ActivationReading Read() => new(
        WaitingCalls,
        Volatile.Read(ref _runningCount),
        TimeSpan.FromMilliseconds(Math.Max(0, Silo.NowMs - Volatile.Read(ref _lastUsedMs))),
        _extras?.ReadTimers() ?? []);

    private static void Expire(MailItem? item, long nowMs)
    {
        for (int steps = 0; item is not null && steps < MaxStepsPerList; steps++)
        {
            if (item is GrainRequest call)
            {
                call.ExpireIfOlder(nowMs);
            }

            item = item.Next;
        }
    }

    private void CancelPhase(long nowMs)
    {
        long limitMs = _state switch
        {
            Beginning => Silo.ActivationTimeoutMs,
            Stopping => Silo.DeactivationTimeoutMs,
            _ => long.MaxValue,
        };
        if (nowMs - _phaseStartedMs >= limitMs && _extras is { } extras)
        {
            CancelPhase(extras);
        }
    }

    /// <summary>Tells a grain that begins or ends to hurry.</summary>
    private static void CancelPhase(ActivationExtras extras)
    {
        if (extras.Deadline is { IsCancellationRequested: false } deadline)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static source => CancelQuietly(source), deadline, preferLocal: false);
        }
    }

    private static void CancelQuietly(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The phase ended in the meantime.
        }
    }
}
