namespace Actors.Storage.BackEnds.Mesh;

/// <summary>A setting that is not as the links want it.</summary>
/// <param name="Part">What it is a setting of.</param>
/// <param name="Subject">Of which: a node, two nodes with "~" between them, or the whole cluster.</param>
/// <param name="Setting">Its name.</param>
/// <param name="Configured">What it is; null when it is not set.</param>
/// <param name="Wanted">What it is to be.</param>
public sealed record MeshChange(MeshPart Part, string Subject, string Setting, string? Configured, string Wanted);
