namespace Actors.Agents;

/// <summary>How much one frame of a peer may hold. Bytes of strings count as they are written, escapes included.</summary>
public sealed record AgentLimits
{
    /// <summary>Bytes of a whole frame; checked by whoever receives it, before it is gathered.</summary>
    public int MaxFrameBytes { get; init; } = 65_536;

    /// <summary>Bytes of a node record, from its first brace to its last.</summary>
    public int MaxNodeBytes { get; init; } = 16_384;

    /// <summary>Ids in each list of a frame.</summary>
    public int MaxPeersInList { get; init; } = 256;

    /// <summary>Entries in each list and map of a node record.</summary>
    public int MaxNodeEntries { get; init; } = 64;

    /// <summary>Bytes of each string in a node record.</summary>
    public int MaxNodeTextBytes { get; init; } = 256;

    /// <summary>Values in one report of metadata.</summary>
    public int MaxMetadataValues { get; init; } = 128;

    /// <summary>Bytes of all keys of one report of metadata together.</summary>
    public int MaxMetadataKeyBytes { get; init; } = 6_144;

    /// <summary>Connections in one report.</summary>
    public int MaxConnectionReports { get; init; } = 128;

    /// <summary>Bytes of each string in a report of connections.</summary>
    public int MaxReportTextBytes { get; init; } = 512;
}
