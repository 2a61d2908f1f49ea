namespace Actors.Storage.Policies;

/// <summary>A source of policies did not do what was asked.</summary>
public sealed class PolicySourceException : Exception
{
    /// <param name="message">What went wrong and what to do.</param>
    /// <param name="mayHaveHappened">Whether it may have been done all the same.</param>
    /// <param name="cause">What came before it.</param>
    public PolicySourceException(string message, bool mayHaveHappened, Exception? cause)
        : base(message, cause) => MayHaveHappened = mayHaveHappened;

    /// <summary>Whether it may have been done all the same.</summary>
    public bool MayHaveHappened { get; }
}
