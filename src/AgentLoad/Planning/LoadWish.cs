using System.Net;

namespace Actors.AgentLoad.Planning;

/// <summary>What is to be spread over processes.</summary>
public sealed record LoadWish
{
    /// <summary>The hubs that are dialled.</summary>
    public required IReadOnlyList<IPEndPoint> Hubs { get; init; }

    /// <summary>Agents of all processes.</summary>
    public required int Agents { get; init; }

    /// <summary>Clients of all processes.</summary>
    public required int Clients { get; init; }

    /// <summary>Tunnels of each client.</summary>
    public required int TunnelsPerClient { get; init; }

    /// <summary>Processes; 0 for as few as the limit of open files allows.</summary>
    public int Processes { get; init; }

    /// <summary>Addresses to dial from; empty for those of the loopback device where hubs are there, else the system's choice.</summary>
    public IReadOnlyList<IPAddress> Sources { get; init; } = [];

    /// <summary>How many files a process may have open.</summary>
    public required long OpenFiles { get; init; }
}
