using Orleans.Runtime;

namespace Actors.Membership;

/// <summary>A silo does not become a member of its cluster, and does not try any more. The message is a sentence for the operator.</summary>
public sealed class JoinRefusedException : Exception
{
    /// <param name="silo">Who was to join.</param>
    /// <param name="reason">Why it does not, and what to do.</param>
    public JoinRefusedException(SiloAddress silo, string reason)
        : base(reason) => Silo = silo;

    /// <summary>Who was to join.</summary>
    public SiloAddress Silo { get; }
}
