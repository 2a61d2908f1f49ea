namespace Actors.AgentLoad.Running;

/// <summary>How far a run has come; a glance that any thread may take. It is what is left of a process that ended without its result.</summary>
public sealed record LoadProgress
{
    /// <summary>Nothing yet.</summary>
    public static LoadProgress Nothing { get; } = new();

    /// <summary>Peers that are connected.</summary>
    public int Online { get; init; }

    /// <summary>All peers.</summary>
    public int Peers { get; init; }

    /// <summary>Ends of tunnels that do not know the newest yet.</summary>
    public int Unsettled { get; init; }

    /// <summary>Updates that were sent in the traffic.</summary>
    public long Updates { get; init; }

    /// <summary>Updates that arrived.</summary>
    public long Delivered { get; init; }

    /// <summary>Failures so far.</summary>
    public long Failures { get; init; }

    /// <summary>Connections that were made.</summary>
    public long Connections { get; init; }

    /// <summary>Bytes that were read.</summary>
    public long BytesRead { get; init; }

    /// <summary>Bytes that were written.</summary>
    public long BytesWritten { get; init; }

    /// <summary>The sum of several runs.</summary>
    public LoadProgress Add(LoadProgress other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new()
        {
            Online = Online + other.Online,
            Peers = Peers + other.Peers,
            Unsettled = Unsettled + other.Unsettled,
            Updates = Updates + other.Updates,
            Delivered = Delivered + other.Delivered,
            Failures = Failures + other.Failures,
            Connections = Connections + other.Connections,
            BytesRead = BytesRead + other.BytesRead,
            BytesWritten = BytesWritten + other.BytesWritten,
        };
    }
}
