using Actors.Storage.Tiering;
using Orleans;

namespace Actors.Grains.Storage;

/// <summary>A <see cref="TierMemory"/> as it is stored.</summary>
[GenerateSerializer, Alias("Actors.Storage.StoredMemory")]
public sealed class StoredMemory
{
    /// <summary>The tier that the last readings wanted; null when they wanted nothing.</summary>
    [Id(0)] public string? Wanted { get; set; }

    /// <summary>How many readings in a row wanted it.</summary>
    [Id(1)] public int InRow { get; set; }

    /// <summary>When the last reading that counts was made. Milliseconds since 1970.</summary>
    [Id(2)] public long CountedAtMs { get; set; }

    /// <summary>Until when the volume stays. Milliseconds since 1970.</summary>
    [Id(3)] public long CooldownUntilMs { get; set; }

    /// <summary>How many readings in a row wanted it warmer; colder: less than 0.</summary>
    [Id(4)] public int OnSide { get; set; }

    /// <summary>As it is stored.</summary>
    public static StoredMemory Of(TierMemory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        return new()
        {
            Wanted = memory.Wanted?.ToString(),
            InRow = memory.InRow,
            CountedAtMs = memory.CountedAtMs,
            CooldownUntilMs = memory.CooldownUntilMs,
            OnSide = memory.OnSide,
        };
    }

    /// <summary>As the planner takes it.</summary>
    /// <exception cref="ArgumentException">The tier is none that this build knows.</exception>
    public TierMemory ToMemory() => new(Wanted is null ? null : Enum.Parse<Tier>(Wanted), InRow, CountedAtMs, CooldownUntilMs, OnSide);
}
