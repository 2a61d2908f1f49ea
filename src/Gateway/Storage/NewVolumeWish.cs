namespace Actors.Gateway.Storage;

/// <summary>A volume that is to be made.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Pool">The pool it begins in.</param>
/// <param name="SizeBytes">Its size.</param>
/// <param name="StorageClass">Its storage class; without it the back end's name.</param>
/// <param name="Labels">Its labels.</param>
internal sealed record NewVolumeWish(string Name, string Pool, long SizeBytes, string? StorageClass = null, IReadOnlyDictionary<string, string>? Labels = null);
