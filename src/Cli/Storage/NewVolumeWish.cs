namespace Actors.Cli.Storage;

/// <summary>A volume that is to be made.</summary>
internal sealed record NewVolumeWish(string Name, string Pool, long SizeBytes, string? StorageClass, IReadOnlyDictionary<string, string> Labels);
