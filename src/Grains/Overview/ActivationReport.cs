using Orleans;

namespace Actors.Grains.Overview;

/// <summary>A grain's activation; what the runtime does not tell is null.</summary>
[GenerateSerializer, Immutable, Alias("actors.overview.activation")]
public sealed record ActivationReport
{
    /// <summary>Calls that have arrived and not begun.</summary>
    [Id(0)] public int? WaitingCalls { get; init; }

    /// <summary>Calls, and ticks of timers, that have begun and not ended.</summary>
    [Id(1)] public int? RunningCalls { get; init; }

    /// <summary>Milliseconds since it was last used, to a second.</summary>
    [Id(2)] public double? IdleMs { get; init; }

    /// <summary>Its timers.</summary>
    [Id(3)] public IReadOnlyList<TimerReport>? Timers { get; init; }
}
