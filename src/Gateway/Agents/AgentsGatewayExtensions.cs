using Actors.Grains.Agents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Actors.Gateway.Agents;

/// <summary>Puts the front end for agents into a host.</summary>
public static class AgentsGatewayExtensions
{
    /// <summary>Registers the front end. The host adds <see cref="AgentsGatewayOptions"/>, <see cref="HubSecret"/>, where silos share one <see cref="ResumeSecret"/>, and what peers' grains and the batches need.</summary>
    public static IServiceCollection AddAgentsGateway(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<AgentsGatewayOptions>();
        services.TryAddSingleton(static _ => ResumeSecret.Own());
        services.AddSingleton<AgentsMetrics>();
        services.AddSingleton<AgentSockets>();
        services.AddSingleton<IAgentSockets>(static provider => provider.GetRequiredService<AgentSockets>());
        services.AddSingleton<PeerAccess>();
        services.AddSingleton<OperatorAccess>();
        services.AddSingleton<ConnectionServices>();
        services.AddSingleton<AgentDoor>();
        return services;
    }

    /// <summary>Opens the front end when the host starts, after everything that is registered before, and closes it before that stops.</summary>
    public static IServiceCollection StartAgentsGateway(this IServiceCollection services) => services.AddHostedService<AgentsFrontEnd>();

    /// <summary>Adds the addresses where agents and clients dial; <c>UseWebSockets</c> comes before.</summary>
    public static void MapAgents(this IEndpointRouteBuilder endpoints)
    {
        // Not through the request's services: they would make a scope that lives as long as the socket.
        var services = endpoints.ServiceProvider;
        endpoints.MapGet("/agents/{id}/connect", context => services.GetRequiredService<AgentDoor>().AgentAsync(context));
        endpoints.MapGet("/clients/connect", context => services.GetRequiredService<AgentDoor>().ClientAsync(context));
        endpoints.MapAgentsApi();
        endpoints.MapForgetApi();
        endpoints.MapTokensApi();
        endpoints.MapExplainApi();
    }
}
