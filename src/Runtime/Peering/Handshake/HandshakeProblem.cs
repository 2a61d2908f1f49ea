namespace Actors.Runtime.Peering;

/// <summary>Why a handshake failed. The numbers are part of the protocol.</summary>
internal enum HandshakeProblem
{
    /// <summary>The other side speaks something else.</summary>
    Malformed = 0,

    /// <summary>The two builds have no protocol version in common.</summary>
    Version = 1,

    /// <summary>The silos belong to different clusters.</summary>
    Cluster = 2,

    /// <summary>The other side does not know the secret.</summary>
    Secret = 3,

    /// <summary>It took too long.</summary>
    Timeout = 4,

    /// <summary>Too many connections are in their handshake.</summary>
    TooMany = 5,

    /// <summary>A silo dialled itself.</summary>
    Self = 6,

    /// <summary>The connection could not be encrypted.</summary>
    Tls = 7,
}
