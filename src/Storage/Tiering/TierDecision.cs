namespace Actors.Storage.Tiering;

/// <summary>What was decided over a volume, and why.</summary>
/// <param name="Action">What is to be done.</param>
/// <param name="From">Where the volume is.</param>
/// <param name="To">Where it is wanted; where it is when it stays.</param>
/// <param name="Moves">Its replicas' ways, when it is to be moved or would be.</param>
/// <param name="Why">Why it is where it is, or wanted elsewhere.</param>
/// <param name="Next">What happens next.</param>
/// <param name="Blocks">Everything that stands against a move, not only the first thing.</param>
/// <param name="Bytes">What a move copies.</param>
/// <param name="Memory">What is to be remembered.</param>
public sealed record TierDecision(
    TierAction Action, Tier From, Tier To, IReadOnlyList<ReplicaMove> Moves, string Why, string Next, IReadOnlyList<string> Blocks, long Bytes, TierMemory Memory)
{
    /// <summary>Why no pool of the tier takes it, when all readings agree that it is wanted there; null when one does, or it stays.</summary>
    public string? NoPool { get; init; }

    /// <summary>How long its copies take at a rate; null when they never end.</summary>
    public TimeSpan? TimeAt(long bytesPerSecond) => Bytes == 0 ? TimeSpan.Zero : bytesPerSecond <= 0 ? null : TimeSpan.FromSeconds((double)Bytes / bytesPerSecond);
}
