namespace Actors.Runtime.Invocation;

/// <summary>Something that can stand in a mailbox. It is its own list node, so that queueing allocates nothing.</summary>
public abstract class MailItem
{
    /// <summary>The item behind this one in the list that holds it. Only the list's owner writes it.</summary>
    internal MailItem? Next { get; set; }

    /// <summary>How many items the mailbox held when this one was put in.</summary>
    internal int Depth { get; set; }

    private protected MailItem()
    {
    }
}
