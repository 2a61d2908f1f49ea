using Microsoft.Extensions.DependencyInjection;

namespace Actors.Runtime.Activations;

/// <summary>Knows which services are singletons, so that a grain's constructor resolves those once. Read after the container is built.</summary>
internal sealed class ServiceLifetimes(IServiceCollection services)
{
    public bool IsSingleton(Type type)
    {
        Type? open = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        ServiceDescriptor? last = services.LastOrDefault(service => !service.IsKeyedService && service.ServiceType == type)
            ?? services.LastOrDefault(service => !service.IsKeyedService && open is not null && service.ServiceType == open);
        return last is { Lifetime: ServiceLifetime.Singleton };
    }
}
