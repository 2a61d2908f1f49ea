namespace Actors.Storage.BackEnds.Mesh;

/// <summary>What the links want, beside what is configured.</summary>
/// <param name="Changes">Settings that differ, in the order in which they are to be changed.</param>
/// <param name="Right">How many are as they are to be.</param>
/// <param name="Mistakes">Why it cannot be carried out, each a sentence; empty when it can.</param>
/// <param name="Notes">What to know of it.</param>
public sealed record MeshPlan(IReadOnlyList<MeshChange> Changes, int Right, IReadOnlyList<string> Mistakes, IReadOnlyList<string> Notes);
