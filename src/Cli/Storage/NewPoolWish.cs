namespace Actors.Cli.Storage;

/// <summary>A pool that is to be made.</summary>
internal sealed record NewPoolWish(string Name, string Folder, string? Node, IReadOnlyDictionary<string, string> Labels, long CapacityBytes);
