using Actors.Runtime.Scheduling;
using Orleans.CodeGeneration;

namespace Actors.Runtime.Invocation;

/// <summary>
/// A piece of work that an activation admits by its rules of interleaving: a call or a timer's tick. It may suspend at awaits;
/// until it has finished, it stands in the list of running items.
/// </summary>
public abstract class TurnItem : MailItem
{
    private protected TurnItem()
    {
    }

    /// <summary>The item before this one in the list of running items; only the activation's turns write it.</summary>
    internal TurnItem? PreviousRunning { get; set; }

    /// <summary>How it is scheduled.</summary>
    internal abstract InvokeMethodOptions Options { get; }

    /// <summary>What runs, for logs.</summary>
    internal abstract string Label { get; }

    /// <summary>True when running it resets the activation's idle age.</summary>
    internal virtual bool KeepsAlive => true;

    /// <summary>True when nobody waits for it any more, so that it need not start.</summary>
    internal virtual bool IsAbandoned => false;

    internal sealed override void Run(Activation activation, Worker worker) => activation.Admit(this, worker);

    /// <summary>Starts it. Returns null when it has finished, otherwise the task to wait for. Throws when it failed at once.</summary>
    internal abstract Task? Begin(Activation activation, Worker worker);

    /// <summary>Takes the result of the task that <see cref="Begin"/> returned; throws when it failed.</summary>
    internal abstract void TakeResult(Task completed);

    /// <summary>It has finished, with or without an error.</summary>
    internal abstract void End(Activation activation, Worker worker, Exception? error);

    /// <summary>It is never going to start, because its activation has ended; calls go to the next one.</summary>
    internal abstract void Forward(Activation activation);
}
