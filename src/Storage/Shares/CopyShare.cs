namespace Actors.Storage.Shares;

/// <summary>What a copy gets.</summary>
/// <param name="Id">The copy.</param>
/// <param name="BytesPerSecond">Its share; 0 while it waits.</param>
/// <param name="WaitsFor">The first resource without room for it; null when it was admitted.</param>
public readonly record struct CopyShare(string Id, long BytesPerSecond, string? WaitsFor);
