namespace Actors.Storage.Tiering;

/// <summary>What is remembered of a volume between two reconciles; it is stored with the volume.</summary>
/// <param name="Wanted">The tier that the last readings wanted; null when they wanted nothing, or were unknown.</param>
/// <param name="InRow">How many readings in a row wanted it.</param>
/// <param name="CountedAtMs">When the last reading that counts was made, in milliseconds since 1970.</param>
/// <param name="CooldownUntilMs">Until when the volume stays, in milliseconds since 1970; 0 when it never moved.</param>
public sealed record TierMemory(Tier? Wanted, int InRow, long CountedAtMs, long CooldownUntilMs)
{
    /// <summary>Nothing is remembered.</summary>
    public static TierMemory Empty { get; } = new(null, 0, 0, 0);

    /// <summary>After a reading that wants the volume in another tier than its own, or null: wants nothing, or is unknown.</summary>
    public TierMemory After(Tier? wanted, long atMs, TieringOptions options)
    {
        if (wanted is null) return this with { Wanted = null, InRow = 0 };
        if (wanted != Wanted) return this with { Wanted = wanted, InRow = 1, CountedAtMs = atMs };
        return atMs - CountedAtMs < options.LeastStep.TotalMilliseconds ? this : this with { InRow = InRow + 1, CountedAtMs = atMs };
    }

    /// <summary>After a migration began: whatever becomes of it, the volume stays for the cooldown, and counting begins anew.</summary>
    public static TierMemory Started(long nowMs, TimeSpan cooldown) => new(null, 0, nowMs, nowMs + (long)cooldown.TotalMilliseconds);
}
