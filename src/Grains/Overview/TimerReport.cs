using Orleans;

namespace Actors.Grains.Overview;

/// <summary>One timer of a grain.</summary>
[GenerateSerializer, Immutable, Alias("actors.overview.timer")]
public sealed record TimerReport
{
    /// <summary>Milliseconds from the end of a tick to the next one; null: it ticks once.</summary>
    [Id(0)] public double? PeriodMs { get; init; }

    /// <summary>True while a tick waits for its turn or runs.</summary>
    [Id(1)] public bool IsDue { get; init; }
}
