using Actors.Storage.Pacing;

namespace Actors.Storage.BackEnds;

/// <summary>A rate that is lent to a copy: the most that it takes, and less while it gives way to applications.</summary>
/// <param name="BytesPerSecond">0 pauses it.</param>
/// <param name="TimeToLive">How long it holds unless it is renewed.</param>
/// <param name="Pacing">How it grows into the rate and from where on it gives way; null: it takes the rate at once and gives way to nobody.</param>
/// <param name="ApplicationBytesPerSecond">What applications do on its pools, as far as others have measured it; null when they have not. Counts where nobody measures here.</param>
public readonly record struct CopyRate(long BytesPerSecond, TimeSpan TimeToLive, CopyPacing? Pacing = null, long? ApplicationBytesPerSecond = null);
