namespace Actors.Gateway.Storage;

/// <summary>A pool that is to be made.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Folder">Its folder on the silo's machine, as a whole path; one of those in the options.</param>
/// <param name="Node">The node it lies on; without it the silo's machine.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="CapacityBytes">Most that its replicas take together; 0 for all that the file system has.</param>
internal sealed record NewPoolWish(string Name, string Folder, string? Node = null, IReadOnlyDictionary<string, string>? Labels = null, long CapacityBytes = 0);
