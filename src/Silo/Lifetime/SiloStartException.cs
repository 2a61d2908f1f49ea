namespace Actors.Silo.Lifetime;

/// <summary>The silo cannot start for a reason that its operator can mend; the message is a sentence that says how.</summary>
public sealed class SiloStartException : Exception
{
    /// <param name="sentence">What is in the way, and what to do about it.</param>
    /// <param name="cause">What was thrown by what is in the way.</param>
    public SiloStartException(string sentence, Exception? cause = null)
        : base(sentence, cause)
    {
    }
}
