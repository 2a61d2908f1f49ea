using Orleans;
using Orleans.Concurrency;

namespace Actors.Grains.Storage;

/// <summary>
/// The policies of a cluster, what is remembered of its volumes, and which of them move: it alone decides what moves. There is one, whose
/// key is <see cref="Key"/>.
/// </summary>
[Alias("actors.storage.policies")]
public interface IPoliciesGrain : IGrainWithStringKey
{
    /// <summary>The key of the only one.</summary>
    const string Key = "policies";

    /// <summary>Takes the policies of a text in YAML or JSON; with one mistake in it, none. They are stored when the answer comes, and reconciled soon.</summary>
    [Alias("apply")]
    Task<PolicyChanges> Apply(string text);

    /// <summary>Removes a policy of either kind. Migrations that it has decided go on.</summary>
    /// <returns>False when there is none of the name, or policies are kept elsewhere.</returns>
    [Alias("delete")]
    Task<bool> Delete(string name);

    /// <summary>All policies with their statuses, by kind and name.</summary>
    [Alias("read"), AlwaysInterleave]
    Task<PolicyReport[]> Read();

    /// <summary>
    /// Looks at pools, volumes and heat, and tells what would be decided at this moment, by the planner that decides; nothing is changed. One
    /// reading more than are there is counted, as the next reconcile would. What was seen within the last second, and not changed here since, is told again.
    /// </summary>
    [Alias("look"), AlwaysInterleave, ResponseTimeout("00:01:30")]
    Task<TieringReport> Look();

    /// <summary>Looks at the pools alone, as they are at this moment.</summary>
    [Alias("lookAtPools"), AlwaysInterleave, ResponseTimeout("00:01:30")]
    Task<TieringReport> LookAtPools();

    /// <summary>Somebody has made pools or volumes: the next look reads them.</summary>
    [Alias("lookAnew"), AlwaysInterleave]
    Task LookAnew();

    /// <summary>Has a volume's replica move, whatever the policies say. It is stored when the answer comes, and begins soon.</summary>
    /// <param name="volume">The volume.</param>
    /// <param name="sourcePool">The replica's pool; null where the volume has one replica.</param>
    /// <param name="targetPool">Where it goes.</param>
    [Alias("migrate"), ResponseTimeout("00:01:30")]
    Task<OrderAnswer> Migrate(string volume, string? sourcePool, string targetPool);

    /// <summary>Stops a volume's copy for now.</summary>
    [Alias("pause"), ResponseTimeout("00:01:30")]
    Task<OrderAnswer> Pause(string volume);

    /// <summary>Has a paused copy go on.</summary>
    [Alias("resume"), ResponseTimeout("00:01:30")]
    Task<OrderAnswer> Resume(string volume);

    /// <summary>Takes the replica that moves back, as long as there is a way back. Those of the order that have moved before stay where they are.</summary>
    [Alias("abort"), ResponseTimeout("00:01:30")]
    Task<OrderAnswer> Abort(string volume);

    /// <summary>Takes it back as <see cref="Abort"/> does, and ends even if something cannot be removed, as on a disk that is dead: the migration's reason names what is left.</summary>
    [Alias("forget"), ResponseTimeout("00:01:30")]
    Task<OrderAnswer> Forget(string volume);

    /// <summary>Reconciles now, and completes when it has.</summary>
    [Alias("reconcile"), ResponseTimeout("00:01:30")]
    Task Reconcile();

    /// <summary>
    /// Follows the source in which policies are kept, where that is not the silos' own store, and takes over what is new in it. Each silo calls it every few seconds, so that
    /// there is always one activation that does.
    /// </summary>
    [Alias("follow")]
    Task Follow();

    /// <summary>A volume's grain tells what became of an order. It may tell it again.</summary>
    [Alias("ended")]
    Task Ended(MigrationEnd end);
}
