using Actors.Storage.BackEnds;
using Actors.Storage.Migrations;

namespace Actors.Grains.Tests.Storage;

/// <summary>One silo's way to the world, which is cut when the silo is to be dead.</summary>
internal sealed class WorldBackEnd(VolumeWorld world) : IVolumeBackEnd
{
    private int _held;

    /// <summary>Effects after which the silo is dead; null: it lives on.</summary>
    public int? DiesAfterEffects { get; set; }

    public bool IsDead { get; set; }

    /// <summary>What every call waits for, whatever its token says, as one of a disk that hangs does; null: none waits.</summary>
    public Task? Hang { get; set; }

    /// <summary>What an effect waits for before it is performed.</summary>
    public Func<VolumeEffect, Task> Holds { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Effects that wait at this moment.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>Calls so far.</summary>
    public int Calls { get; private set; }

    public string Name => "world";

    public BudgetKind Budget => BudgetKind.Enforced;

    public Task<BackEndInventory> ListAsync(CancellationToken cancellationToken) => Live(world.List);

    public Task<VolumeView?> ReadAsync(string volume, string targetPool, CancellationToken cancellationToken) => Live(() => world.Read(volume, this));

    public async Task PerformAsync(VolumeEffect effect, CancellationToken cancellationToken)
    {
        if (Holds(effect) is { IsCompleted: false } held)
        {
            Interlocked.Increment(ref _held);
            await held.ConfigureAwait(false);
            Interlocked.Decrement(ref _held);
        }

        await Live(() =>
        {
            world.Perform(effect, this);
            if (--DiesAfterEffects == 0) IsDead = true;
            return true;
        });
    }

    public Task RenewAsync(string volume, CopyRate rate, CancellationToken cancellationToken) => Live(() => world.Renew(volume, rate, this));

    private async Task<T> Live<T>(Func<T> act)
    {
        Calls++;
        if (Hang is { } hang) await hang.ConfigureAwait(false);
        return await Answer(act);
    }

    private Task<T> Answer<T>(Func<T> act)
    {
        if (IsDead) return Task.FromException<T>(new IOException("The silo is dead."));
        try
        {
            return Task.FromResult(act());
        }
        catch (Exception failure)
        {
            return Task.FromException<T>(failure);
        }
    }
}
