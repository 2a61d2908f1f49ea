namespace Actors.Storage.BackEnds;

/// <summary>A pool that is to be.</summary>
/// <param name="Name">1 to 200 letters, digits, '.', '_' and '-', a letter or digit first; no other pool has it.</param>
/// <param name="Folder">Its folder, as a whole path.</param>
/// <param name="Node">The node it lies on, as links name nodes.</param>
/// <param name="Labels">Its labels, by which policies choose it.</param>
/// <param name="CapacityBytes">Most that its replicas take together; 0 for all that the file system has.</param>
public sealed record NewPool(string Name, string Folder, string Node, IReadOnlyDictionary<string, string> Labels, long CapacityBytes);
