using System.Net;

namespace Actors.AgentLoad.Running;

/// <summary>Which peers one run holds, and where they dial.</summary>
public sealed record LoadOptions
{
    /// <summary>The hubs; peers spread over them, and try the next where one does not answer.</summary>
    public required IReadOnlyList<IPEndPoint> Hubs { get; init; }

    /// <summary>Addresses of this machine to dial from, in turn; empty for the system's choice.</summary>
    public IReadOnlyList<IPAddress> Sources { get; init; } = [];

    /// <summary>How many agents; at least <see cref="TunnelsPerClient"/>.</summary>
    public required int Agents { get; init; }

    /// <summary>How many clients.</summary>
    public required int Clients { get; init; }

    /// <summary>Tunnels that each client opens, 1 to 256; clients take the agents in turn.</summary>
    public required int TunnelsPerClient { get; init; }

    /// <summary>The number of the first agent, where several runs share one hub.</summary>
    public int FirstAgent { get; init; }

    /// <summary>The number of the first client.</summary>
    public int FirstClient { get; init; }

    /// <summary>Names the run and makes the ids of its agents (<see cref="AgentIds"/>); two runs at one hub have other seeds, or other numbers.</summary>
    public required ulong Seed { get; init; }

    /// <summary>First dials a second, over all hubs.</summary>
    public double DialsPerSecond { get; init; } = 500;

    /// <summary>Dials under way at the same time.</summary>
    public int MaxDials { get; init; } = 500;

    /// <summary>How long a dial may take, from the connection to the welcome.</summary>
    public TimeSpan DialTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>An update that takes longer is lost, unless a newer one took its place.</summary>
    public TimeSpan LostAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Agents answer each new node record of a client with readyForHandshake, from the first one on.</summary>
    public bool AgentsGetReady { get; init; }

    /// <summary>Failures that are kept with their sentences; all are counted.</summary>
    public int MaxFailures { get; init; } = 20;

    /// <summary>Tokens of peers by their name (<see cref="AgentName"/>, <see cref="ClientName"/>); null where the hub needs none.</summary>
    public IReadOnlyDictionary<string, string>? Tokens { get; init; }

    /// <summary>Each dial carries a trace's id (W3C trace context).</summary>
    public bool PropagatesTrace { get; init; }

    /// <summary>An agent's name.</summary>
    public static string AgentName(int number) => $"agent {number}";

    /// <summary>A client's name.</summary>
    public static string ClientName(int number) => $"client {number}";
}
