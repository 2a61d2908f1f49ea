using Actors.Storage.Migrations;

namespace Actors.Storage.BackEnds;

/// <summary>
/// What moves real bytes. It owns volumes and pools, remembers by itself what it made, and shows what there is; it decides nothing. Whoever moves a volume
/// reads it, asks <see cref="MigrationMachine"/>, stores the answer, and has at most one effect performed.
/// </summary>
/// <remarks>
/// Safe for callers on many threads; effects on one volume come one at a time. Every effect may come twice, also after the process that asked for it died,
/// and is then no second change. A call that is cancelled, or fails for another reason than <see cref="BackEndException"/>, may have had its effect: the next
/// look tells. No call waits for a copy: <see cref="MigrationEffect.StartCopy"/> and <see cref="MigrationEffect.Verify"/> begin something that the view shows.
/// </remarks>
public interface IVolumeBackEnd
{
    /// <summary>Its name in options, tables and messages: <c>files</c>, <c>qemu</c>, <c>mayastor</c>, <c>linstor</c>.</summary>
    string Name { get; }

    /// <summary>What becomes of a copy's budget.</summary>
    BudgetKind Budget { get; }

    /// <summary>All pools and volumes, as they are now.</summary>
    /// <exception cref="BackEndException">It did not answer, or with something else.</exception>
    Task<BackEndInventory> ListAsync(CancellationToken cancellationToken);

    /// <summary>One volume, as it is now.</summary>
    /// <param name="volume">Its name.</param>
    /// <param name="targetPool">The pool that <see cref="VolumeView.IsTargetPoolUsable"/> tells of.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Null when there is no such volume.</returns>
    /// <exception cref="BackEndException">It did not answer, or with something else.</exception>
    Task<VolumeView?> ReadAsync(string volume, string targetPool, CancellationToken cancellationToken);

    /// <summary>Performs an effect.</summary>
    /// <exception cref="BackEndException">It refused, or did not answer; its message says what to do.</exception>
    Task PerformAsync(VolumeEffect effect, CancellationToken cancellationToken);

    /// <summary>
    /// Keeps a copy's rate in force, or changes it: comes every second or so. Without it the rate falls, where the back end can, to one that is safe without an owner.
    /// </summary>
    /// <param name="volume">The volume, a replica of which is being filled.</param>
    /// <param name="rate">The rate and for how long it holds.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    Task RenewAsync(string volume, CopyRate rate, CancellationToken cancellationToken);
}
