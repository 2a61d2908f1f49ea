using Actors.Runtime.Invocation;
using Actors.Runtime.Lifecycle;
using Orleans;

namespace Actors.Runtime.Scheduling;

internal sealed partial class Activation
{
    private const int Created = 0;
    private const int Beginning = 1;
    private const int Active = 2;
    private const int Stopping = 3;
    private const int Closed = 4;

    private volatile int _state;

    /// <summary>True as soon as there is a reason to end: nothing new starts.</summary>
    private volatile bool _ending;

    /// <summary>True when the state may have to change before the next item runs.</summary>
    private volatile bool _lifeChange = true;

    /// <summary>True when calls must go to the next activation.</summary>
    public bool IsClosed => _state == Closed || _isPoisoned;

    /// <summary>True when the grain is being told to end, or has been.</summary>
    public bool IsStoppingOrClosed => _state >= Stopping || _isPoisoned;

    /// <summary>True when calls are served.</summary>
    public bool IsActive => _state == Active && !_ending;

    /// <inheritdoc/>
    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        if (!Extras.TrySetReason(deactivationReason, cancellationToken))
        {
            return;
        }

        _ending = true;
        _lifeChange = true;
        Post(new WakeItem());
    }

    /// <summary>Keeps idle collection away for a while from now; a negative span takes that back.</summary>
    public void DelayDeactivation(TimeSpan span)
    {
        Extras.KeepUntilMs = span == Timeout.InfiniteTimeSpan || span == TimeSpan.MaxValue ? long.MaxValue
            : span < TimeSpan.Zero ? long.MinValue
            : Silo.NowMs + (long)span.TotalMilliseconds;
    }

    /// <summary>True when nobody has used the activation for longer than <paramref name="ageMs"/> and nothing keeps it.</summary>
    public bool IsCollectible(long nowMs, long ageMs) =>
        IsActive
        && ReferenceEquals(Volatile.Read(ref _inbox), Idle)
        && _runningCount == 0
        && _waitingHead is null
        && nowMs - Volatile.Read(ref _lastUsedMs) >= ageMs
        && nowMs >= (_extras?.KeepUntilMs ?? long.MinValue);

    /// <summary>Gives a new activation the calls that wait for it; before anybody else knows it.</summary>
    private void Inherit(MailItem? first)
    {
        while (first is not null)
        {
            MailItem? next = first.Next;
            if (first is GrainRequest { IsAbandoned: false } call)
            {
                _backlog++;
                Wait(call);
            }

            first = next;
        }
    }

    /// <summary>Begins or ends the grain when it is time for that; between two items, by the draining thread.</summary>
    private void ChangeLife()
    {
        // The fence: whoever deactivates after the look at _ending below sets the mark after it was taken back here.
        Interlocked.Exchange(ref _lifeChange, false);
        if (_state == Created)
        {
            if (!Silo.MayBegin(this))
            {
                Close(error: null);
                return;
            }

            _state = Beginning;
            Begin();
        }
        else if (_state == Active && _ending && _runningCount == 0)
        {
            _state = Stopping;
            _phaseStartedMs = Silo.NowMs;
            Sound(StopAsync());
        }
    }

    /// <summary>Makes the grain and activates it, in a turn.</summary>
    private void Begin()
    {
        CancellationTokenSource? deadline = null;
        Task? pending;
        try
        {
            object instance = Class.CreateInstance(this);
            _instance = instance;
            StageRunner? stages = _extras?.UsedStages;
            if (stages is null && !Class.HasOnActivate)
            {
                BecomeActive();
                return;
            }

            deadline = new CancellationTokenSource();
            pending = stages is null ? ((IGrainBase)instance).OnActivateAsync(deadline.Token) : ActivateAsync(stages, instance as IGrainBase, deadline.Token);
        }
        catch (Exception error)
        {
            Sound(FailAsync(error));
            return;
        }

        if (pending.IsCompletedSuccessfully)
        {
            BecomeActive();
            return;
        }

        _phaseStartedMs = Silo.NowMs;
        Extras.Deadline = deadline;
        Sound(AwaitBeginAsync(pending));
    }

    private static async Task ActivateAsync(StageRunner stages, IGrainBase? grain, CancellationToken token)
    {
        await stages.StartAsync(token);
        if (grain is not null)
        {
            await grain.OnActivateAsync(token);
        }
    }

    private async Task AwaitBeginAsync(Task pending)
    {
        try
        {
            await pending;
        }
        catch (Exception error)
        {
            await FailAsync(error);
            return;
        }

        BecomeActive();
    }

    private void BecomeActive()
    {
        _state = Active;
        _pump = _waitingHead is not null;
        if (_ending)
        {
            _lifeChange = true;
        }
    }

    /// <summary>The grain did not come up: the waiting callers get the error, the next call tries again.</summary>
    private async Task FailAsync(Exception error)
    {
        Silo.Log.ActivationFailed(error, GrainId);
        Extras.TrySetReason(new DeactivationReason(DeactivationReasonCode.ActivationFailed, error, "The grain did not activate."), default);
        _state = Stopping;
        Extras.EndTimers();
        if (_extras?.UsedStages is { } stages)
        {
            await stages.StopAsync(LogStopFailed, CancellationToken.None);
        }

        await ReleaseAsync();
        Close(error);
    }

    /// <summary>Tells the grain that it ends, in a turn, and then hands its waiting calls on.</summary>
    private async Task StopAsync()
    {
        ActivationExtras extras = Extras;
        extras.EndTimers();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(extras.StopToken);
        extras.Deadline = deadline;
        if (Class.HasOnDeactivate && _instance is IGrainBase grain)
        {
            try
            {
                await grain.OnDeactivateAsync(extras.Reason!.Value, deadline.Token);
            }
            catch (Exception error)
            {
                Silo.Log.DeactivationFailed(error, GrainId);
            }
        }

        if (extras.UsedStages is { } stages)
        {
            await stages.StopAsync(LogStopFailed, deadline.Token);
        }

        await ReleaseAsync();
        extras.Deadline = null;
        Close(error: null);
    }

    private async Task ReleaseAsync()
    {
        try
        {
            if (!Class.IsObserver)
            {
                switch (_instance)
                {
                    case IAsyncDisposable disposable:
                        await disposable.DisposeAsync();
                        break;
                    case IDisposable disposable:
                        disposable.Dispose();
                        break;
                    default:
                        break;
                }
            }

            if (_extras is { } extras)
            {
                await extras.DisposeServicesAsync();
            }
        }
        catch (Exception error)
        {
            Silo.Log.DeactivationFailed(error, GrainId);
        }
    }

    /// <summary>
    /// The end: the waiting calls go to a new activation, which stands in this one's place before anybody can tell, or fail
    /// with <paramref name="error"/>. Calls that are still in the inbox follow as the mailbox is drained.
    /// </summary>
    private void Close(Exception? error)
    {
        MailItem? waiting = _waitingHead;
        _waitingHead = _waitingTail = null;
        _waitingInterleavers = 0;
        Volatile.Write(ref _backlog, _backlog - CountCalls(waiting));
        Activation? successor = null;
        if (error is null && waiting is not null && !_isPoisoned && Silo.MayBegin(this))
        {
            successor = new Activation(Class, _key);
            successor.Inherit(waiting);
            if (successor._waitingHead is null)
            {
                successor = null;
            }

            waiting = null;
        }

        bool wasKnown = Class.TryReplace(this, successor);
        if (!wasKnown)
        {
            // It was cut off in the meantime, and its end is known.
            waiting ??= successor?._waitingHead;
            successor = null;
        }

        _state = Closed;
        _instance = null;
        successor?.Post(new WakeItem());
        PassOn(waiting, error);
        if (error is not null)
        {
            RejectReady(error);
        }

        _extras?.SetEnded();
        if (wasKnown)
        {
            Silo.ActivationEnded(this, isFollowed: successor is not null);
        }
    }

    /// <summary>Waiting calls go to the next activation, or fail.</summary>
    private void PassOn(MailItem? waiting, Exception? error)
    {
        while (waiting is not null)
        {
            MailItem? next = waiting.Next;
            waiting.Next = null;
            if (waiting is GrainRequest call)
            {
                if (error is null)
                {
                    call.Forward(this);
                }
                else
                {
                    call.Reject(error);
                }
            }

            waiting = next;
        }
    }

    /// <summary>Fails the calls that came with the one for which the grain was to be made; a later one makes the next attempt.</summary>
    private void RejectReady(Exception error)
    {
        MailItem? item = _readyHead;
        _readyHead = _readyTail = null;
        while (item is not null)
        {
            MailItem? next = item.Next;
            item.Next = null;
            if (item is GrainRequest call)
            {
                Uncount(call);
                call.Reject(error);
            }
            else
            {
                AddReady(item, item);
            }

            item = next;
        }
    }

    private static int CountCalls(MailItem? item)
    {
        int count = 0;
        for (; item is not null; item = item.Next)
        {
            count += item.IsCall ? 1 : 0;
        }

        return count;
    }

    private void LogStopFailed(string observer, int stage, Exception error) => Silo.Log.StageStopFailed(error, GrainId, observer, stage);

    /// <summary>The machinery handles every error of the grain; one that comes through here is its own, and final.</summary>
    private static void Sound(Task task)
    {
        if (task.IsCompleted)
        {
            task.GetAwaiter().GetResult();
        }
        else
        {
            task.ContinueWith(
                static broken => Environment.FailFast("An activation's state machine is broken.", broken.Exception),
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted,
                Default);
        }
    }
}
