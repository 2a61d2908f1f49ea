namespace Actors.Runtime.Peering;

/// <summary>An acceptor's decision about a connection. The numbers are part of the protocol.</summary>
internal enum Verdict
{
    /// <summary>Not set: no decision.</summary>
    None = 0,

    /// <summary>There is a connection; the silo that decides gives it its number.</summary>
    Accepted = 1,

    /// <summary>The two silos have a connection already, which stays.</summary>
    Duplicate = 2,

    /// <summary>The acceptor is another run of the silo that was expected: that one is gone.</summary>
    OtherGeneration = 3,

    /// <summary>The acceptor is another silo altogether.</summary>
    OtherSilo = 4,

    /// <summary>The acceptor's cluster does not want this silo.</summary>
    NotAdmitted = 5,
}
