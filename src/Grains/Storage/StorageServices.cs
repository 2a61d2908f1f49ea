using Actors.Storage.BackEnds;
using Actors.Storage.BackEnds.Mesh;
using Actors.Storage.BackEnds.Paced;
using Actors.Storage.Heat;
using Actors.Storage.Load;
using Actors.Storage.Policies;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Grains.Storage;

/// <summary>Adds the tiering controller to a silo.</summary>
public static class StorageServices
{
    /// <summary>
    /// Adds what the controller's grains need. The host provides <see cref="TieringSettings"/>, an <see cref="IdSource"/>, a
    /// <see cref="TimeProvider"/> and meters, an <see cref="IVolumeBackEnd"/> where volumes are to move, an <see cref="IHeatSource"/> where
    /// they are to move by their heat, and an <see cref="IPolicySource"/> where policies are kept elsewhere; then each silo calls
    /// <see cref="IPoliciesGrain.Follow"/> every few seconds. Copies of a back end that runs them here, or holds their rate, are paced and give way
    /// to applications when the host provides a <see cref="DiskActivity"/>, the same as the back end has.
    /// </summary>
    public static IServiceCollection AddTiering(this IServiceCollection services) => services
        .AddSingleton<StorageMetrics>()
        .AddSingleton<TieringReader>()
        .AddSingleton<LocalVolumes>()
        .AddSingleton(static provider => new LinkMesh(provider.GetRequiredService<TieringSettings>(), provider.GetService<IStorageMesh>()))
        .AddSingleton(static provider => new TieringServices(
            provider.GetRequiredService<TieringSettings>(),
            BackEnd(provider),
            provider.GetService<IHeatSource>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IdSource>(),
            provider.GetRequiredService<StorageMetrics>())
        { PolicySource = provider.GetService<IPolicySource>() })
        .AddSingleton(static provider => new PacedBackEnd(
            provider.GetRequiredService<IVolumeBackEnd>(), provider.GetRequiredService<DiskActivity>(), provider.GetRequiredService<TimeProvider>()));

    private static IVolumeBackEnd? BackEnd(IServiceProvider provider)
    {
        var backEnd = provider.GetService<IVolumeBackEnd>();
        var isPaced = backEnd is ILocalPools or { Budget: BudgetKind.EnforcedWhileHeld } && provider.GetService<DiskActivity>() is not null;
        return isPaced ? provider.GetRequiredService<PacedBackEnd>() : backEnd;
    }
}
