namespace Actors.Runtime.Peering;

/// <summary>What a failed attempt to connect says about the silo that was dialled.</summary>
internal enum PeerEvidence
{
    /// <summary>Nothing: no answer came, or one that makes no sense, or a stranger's.</summary>
    None,

    /// <summary>The host answers that nobody listens at the port.</summary>
    ConnectionRefused,

    /// <summary>A later or earlier run of the silo listens there, and has proved that it belongs to the cluster: the one that was dialled is gone.</summary>
    OtherGeneration,

    /// <summary>The silo lives and does not want this one.</summary>
    NotAdmitted,
}
