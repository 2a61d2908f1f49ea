using Actors.Storage.BackEnds;
using Actors.Storage.Heat;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Grains.Storage;

/// <summary>Adds the tiering controller to a silo.</summary>
public static class StorageServices
{
    /// <summary>
    /// Adds what the controller's grains need. The host provides <see cref="TieringSettings"/>, an <see cref="IdSource"/>, a
    /// <see cref="TimeProvider"/> and meters, an <see cref="IVolumeBackEnd"/> where volumes are to move, and an <see cref="IHeatSource"/> where
    /// they are to move by their heat.
    /// </summary>
    public static IServiceCollection AddTiering(this IServiceCollection services) => services
        .AddSingleton<StorageMetrics>()
        .AddSingleton<TieringReader>()
        .AddSingleton(static provider => new TieringServices(
            provider.GetRequiredService<TieringSettings>(),
            provider.GetService<IVolumeBackEnd>(),
            provider.GetService<IHeatSource>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IdSource>(),
            provider.GetRequiredService<StorageMetrics>()));
}
