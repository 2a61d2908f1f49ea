using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Gateway.Storage;

/// <summary>Puts the interface about storage into a host.</summary>
public static class StorageGatewayExtensions
{
    /// <summary>Registers it. The host adds <see cref="Agents.HubSecret"/>, and what the controller's grains need.</summary>
    public static IServiceCollection AddStorageGateway(this IServiceCollection services) => services.AddSingleton<StorageAccess>();

    /// <summary>Adds its addresses.</summary>
    public static void MapStorage(this IEndpointRouteBuilder endpoints) => StorageApi.Map(endpoints);
}
