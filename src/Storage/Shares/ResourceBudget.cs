namespace Actors.Storage.Shares;

/// <summary>What copies may take of something they share: a link, a pool's reads, a pool's writes, a policy, a node.</summary>
/// <param name="BytesPerSecond">For all copies together; 0 while it is down, <see cref="long.MaxValue"/> where only the count is bounded.</param>
/// <param name="MaxCopies">How many copies may use it at once; 0 means none.</param>
public readonly record struct ResourceBudget(long BytesPerSecond, int MaxCopies = int.MaxValue)
{
    /// <summary>What a link or pool has for copies: its capacity without the part kept free and without what applications use, at most the copies' bound.</summary>
    /// <param name="capacityBytesPerSecond">What it carries.</param>
    /// <param name="headroomPercent">Kept free for applications however little they use, 0 to 100.</param>
    /// <param name="applicationBytesPerSecond">What applications use now (<see cref="ApplicationLoad"/>).</param>
    /// <param name="maxCopyBytesPerSecond">The profile's c-max-rate.</param>
    /// <returns>Bytes per second, 0 or more.</returns>
    public static long Of(long capacityBytesPerSecond, int headroomPercent, long applicationBytesPerSecond, long maxCopyBytesPerSecond)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacityBytesPerSecond);
        ArgumentOutOfRangeException.ThrowIfNegative(headroomPercent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(headroomPercent, 100);
        ArgumentOutOfRangeException.ThrowIfNegative(applicationBytesPerSecond);
        var forCopies = (long)((Int128)capacityBytesPerSecond * (100 - headroomPercent) / 100) - applicationBytesPerSecond;
        return Math.Clamp(forCopies, 0, maxCopyBytesPerSecond);
    }
}
