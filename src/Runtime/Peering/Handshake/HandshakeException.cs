namespace Actors.Runtime.Peering;

/// <summary>A handshake does not go on. It never leaves this folder.</summary>
#pragma warning disable CA1032, CA1064 // Made only here, with its facts.
internal sealed class HandshakeException(HandshakeProblem problem, string message, Exception? cause = null) : Exception(message, cause)
#pragma warning restore CA1032, CA1064
{
    /// <summary>What is wrong.</summary>
    public HandshakeProblem Problem => problem;
}
