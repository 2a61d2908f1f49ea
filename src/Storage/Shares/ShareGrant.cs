namespace Actors.Storage.Shares;

/// <summary>A rate that a copy may use until the grant ends or a later one reaches it.</summary>
/// <param name="Id">The copy.</param>
/// <param name="Number">Rises with every grant of the book; whoever asks again says the number of the last grant that it goes by.</param>
/// <param name="BytesPerSecond">The rate; 0 pauses the copy.</param>
/// <param name="EndsAtMs">Monotonic time at which it ends.</param>
/// <param name="WaitsFor">What it waits for; null when it was admitted.</param>
public sealed record ShareGrant(string Id, long Number, long BytesPerSecond, long EndsAtMs, string? WaitsFor);
