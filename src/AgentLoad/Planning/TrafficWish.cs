using Actors.AgentLoad.Running;

namespace Actors.AgentLoad.Planning;

/// <summary>What <see cref="TrafficWords"/> say.</summary>
/// <param name="Traffic">What peers do once they are connected; without an end.</param>
/// <param name="AgentsGetReady">Agents answer each new node record of a client, from the first one on (<see cref="LoadOptions.AgentsGetReady"/>).</param>
public sealed record TrafficWish(Traffic Traffic, bool AgentsGetReady);
