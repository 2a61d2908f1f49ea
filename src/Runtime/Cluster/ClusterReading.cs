namespace Actors.Runtime.Cluster;

/// <summary>A silo's view of its cluster, of one moment. Immutable.</summary>
/// <param name="Version">The view's number; it grows by one with every change of a member. 0: this silo has seen none yet.</param>
/// <param name="Silos">The members by node, those that are dead and not yet forgotten included.</param>
/// <param name="IsActive">True while this silo is a member that takes grains.</param>
/// <param name="Hindrance">
/// Sentences for the operator: what this silo waits for before it can join, or before the grains of a silo that does not answer
/// can go on elsewhere, and what to do. Null when nothing is in the way.
/// </param>
/// <param name="Expelled">Why this silo was put out of the cluster, a sentence; null when it was not. Then it stops.</param>
public sealed record ClusterReading(long Version, IReadOnlyList<ClusterSilo> Silos, bool IsActive, string? Hindrance, string? Expelled)
{
    /// <summary>Before the table was read.</summary>
    public static ClusterReading None { get; } = new(0, [], IsActive: false, Hindrance: null, Expelled: null);
}
