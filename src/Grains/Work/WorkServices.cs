using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;

namespace Actors.Grains.Work;

/// <summary>Registers what wakes grains that have work.</summary>
public static class WorkServices
{
    /// <summary>
    /// Adds the sweeper. The host provides <see cref="IClusterNodes"/>, <see cref="IBrokerDirectory"/>, a clock, meters, and as many
    /// <see cref="IWorkList"/> as know of grains with work.
    /// </summary>
    public static IServiceCollection AddSweeper(this IServiceCollection services) => services
        .AddSingleton<Sweeper>()
        .AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<Sweeper>());
}
