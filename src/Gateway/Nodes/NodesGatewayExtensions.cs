using Microsoft.AspNetCore.Routing;

namespace Actors.Gateway.Nodes;

/// <summary>Puts the interface about nodes into a host.</summary>
public static class NodesGatewayExtensions
{
    /// <summary>Adds its addresses. The host has <see cref="Agents.HubSecret"/> and what topics need.</summary>
    public static void MapNodes(this IEndpointRouteBuilder endpoints) => NodesApi.Map(endpoints);
}
