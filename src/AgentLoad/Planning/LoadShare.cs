using System.Net;

namespace Actors.AgentLoad.Planning;

/// <summary>What one process holds.</summary>
/// <param name="FirstAgent">The number of its first agent.</param>
/// <param name="Agents">Its agents.</param>
/// <param name="FirstClient">The number of its first client.</param>
/// <param name="Clients">Its clients.</param>
/// <param name="Sources">Addresses that it dials from; empty for the system's choice.</param>
public sealed record LoadShare(int FirstAgent, int Agents, int FirstClient, int Clients, IReadOnlyList<IPAddress> Sources);
