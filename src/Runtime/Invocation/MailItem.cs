using Actors.Runtime.Scheduling;

namespace Actors.Runtime.Invocation;

/// <summary>Something that can stand in a mailbox. It is its own list node, so that queueing allocates nothing.</summary>
public abstract class MailItem
{
    private int _depth;

    private protected MailItem()
    {
    }

    /// <summary>The item behind this one in the list that holds it. Only the list's owner writes it.</summary>
    internal MailItem? Next { get; set; }

    /// <summary>How many calls the inbox held when this item was put in, itself included; 0 when it has been taken and stands there still.</summary>
    internal int Depth
    {
        get => Volatile.Read(ref _depth);
        set => _depth = value;
    }

    /// <summary>True for calls, which the mailbox bounds.</summary>
    internal virtual bool IsCall => false;

    /// <summary>Does what the item stands for; in a turn of the activation, on the thread of <paramref name="worker"/>.</summary>
    internal abstract void Run(Activation activation, Worker worker);
}
