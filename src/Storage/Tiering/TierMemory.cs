namespace Actors.Storage.Tiering;

/// <summary>What is remembered of a volume between two reconciles; it is stored with the volume.</summary>
/// <param name="Wanted">The tier that the last readings wanted; null when they wanted nothing, or were unknown.</param>
/// <param name="InRow">How many readings in a row wanted it.</param>
/// <param name="CountedAtMs">When the last reading that counts was made, in milliseconds since 1970.</param>
/// <param name="CooldownUntilMs">Until when the volume stays, in milliseconds since 1970; 0 when it never moved.</param>
/// <param name="OnSide">How many readings in a row wanted it warmer, whichever tier they wanted; colder: less than 0.</param>
public sealed record TierMemory(Tier? Wanted, int InRow, long CountedAtMs, long CooldownUntilMs, int OnSide = 0)
{
    /// <summary>Nothing is remembered.</summary>
    public static TierMemory Empty { get; } = new(null, 0, 0, 0);

    /// <summary>After a reading that wants the volume in another tier than its own, or null: wants nothing, or is unknown.</summary>
    public TierMemory After(Tier current, Tier? wanted, long atMs, TieringOptions options)
    {
        if (wanted is not { } tier) return this with { Wanted = null, InRow = 0, OnSide = 0 };
        var isSoon = Wanted is not null && atMs - CountedAtMs < options.LeastStep.TotalMilliseconds;
        if (isSoon && tier == Wanted) return this;
        var side = current == Tier.None ? 0 : Math.Sign(tier - current);
        return this with
        {
            Wanted = tier,
            InRow = tier == Wanted ? InRow + 1 : 1,
            OnSide = Math.Sign(OnSide) != side ? side : isSoon ? OnSide : OnSide + side,
            CountedAtMs = atMs,
        };
    }

    /// <summary>
    /// The tier that enough readings want: the same one so often in a row; or, of a volume whose readings want it now in one tier and now in another, but for twice as
    /// long always warmer, or always colder, the one that is nearer.
    /// </summary>
    public Tier? Agreed(TieringOptions options) =>
        InRow >= options.Readings ? Wanted : Math.Abs(OnSide) >= 2 * options.Readings ? Tier.Warm : null;

    /// <summary>After a migration began: whatever becomes of it, the volume stays for the cooldown, and counting begins anew.</summary>
    public static TierMemory Started(long nowMs, TimeSpan cooldown) => new(null, 0, nowMs, nowMs + (long)cooldown.TotalMilliseconds);
}
