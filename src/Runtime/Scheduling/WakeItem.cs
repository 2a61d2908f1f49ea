using Actors.Runtime.Invocation;

namespace Actors.Runtime.Scheduling;

/// <summary>Nothing but a reason to look: has the activation to begin or to end?</summary>
internal sealed class WakeItem : MailItem
{
    internal override void Run(Activation activation, Worker worker)
    {
    }
}
