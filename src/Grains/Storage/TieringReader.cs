using Orleans;
using Orleans.Runtime;

namespace Actors.Grains.Storage;

/// <summary>Puts together what the controller's grains know, for people. Safe to use from any thread.</summary>
/// <param name="grains">The grains.</param>
public sealed class TieringReader(IGrainFactory grains)
{
    /// <summary>Volumes' grains that are asked at once.</summary>
    private const int MaxAsked = 32;

    /// <summary>Everything, with the migrations that are under way.</summary>
    public async Task<TieringReport> ReadAsync(CancellationToken token)
    {
        var report = await Policies.Look().WaitAsync(token);
        var volumes = report.Volumes.ToArray();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, volumes.Length).Where(index => volumes[index].IsMoving),
            new ParallelOptions { MaxDegreeOfParallelism = MaxAsked, CancellationToken = token },
            async (index, until) => volumes[index] = await WithMigrationAsync(volumes[index], until));
        return report with { Volumes = volumes };
    }

    /// <summary>One volume with its migration, also one that has ended; null when there is none of the name.</summary>
    /// <param name="name">The volume.</param>
    /// <param name="token">Ends the wait.</param>
    /// <returns>The volume, and why nothing is known of any; null when something is.</returns>
    public async Task<(VolumeReport? Volume, string? Problem)> FindAsync(string name, CancellationToken token)
    {
        var report = await Policies.Look().WaitAsync(token);
        var volume = report.Volumes.FirstOrDefault(one => one.Name == name);
        return (volume is null ? null : await WithMigrationAsync(volume, token), report.Problem);
    }

    private IPoliciesGrain Policies => grains.GetGrain<IPoliciesGrain>(IPoliciesGrain.Key);

    private async Task<VolumeReport> WithMigrationAsync(VolumeReport volume, CancellationToken token)
    {
        try
        {
            return volume with { Migration = await grains.GetGrain<IVolumeGrain>(volume.Name).Describe().WaitAsync(token) };
        }
        catch (Exception failure) when (failure is OrleansException or TimeoutException)
        {
            return volume;
        }
    }
}
