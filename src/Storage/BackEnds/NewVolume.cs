namespace Actors.Storage.BackEnds;

/// <summary>A volume that is to be.</summary>
/// <param name="Name">1 to 200 letters, digits, '.', '_' and '-', a letter or digit first; no other volume has it.</param>
/// <param name="StorageClass">Its storage class, by which policies choose it.</param>
/// <param name="Labels">Its labels, by which they choose it too.</param>
/// <param name="Pool">The pool it begins in.</param>
/// <param name="SizeBytes">Its size, 1 or more.</param>
public sealed record NewVolume(string Name, string StorageClass, IReadOnlyDictionary<string, string> Labels, string Pool, long SizeBytes);
