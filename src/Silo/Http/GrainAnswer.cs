using System.Text.Json;

namespace Actors.Silo.Http;

/// <summary>Body of <c>/api/v1/grains/{type}/{key}</c>; what is null is not known, or is not there.</summary>
/// <param name="Type">The grain's class.</param>
/// <param name="Key">Its key.</param>
/// <param name="HomeNodeId">The node on which it lives, or would.</param>
/// <param name="ActiveNodeId">The node on which it is active.</param>
/// <param name="WaitingCalls">Calls that have arrived and not begun.</param>
/// <param name="RunningCalls">Calls and ticks that have begun and not ended.</param>
/// <param name="IdleMs">Milliseconds since it was last used.</param>
/// <param name="Timers">Its timers.</param>
/// <param name="States">Its persistent states as their stores have them, without secrets.</param>
/// <param name="Unheard">Silos that did not answer: it may be active there.</param>
public sealed record GrainAnswer(
    string Type,
    string Key,
    int? HomeNodeId,
    int? ActiveNodeId,
    int? WaitingCalls,
    int? RunningCalls,
    double? IdleMs,
    IReadOnlyList<GrainTimerAnswer>? Timers,
    IReadOnlyList<GrainStateAnswer> States,
    IReadOnlyList<string> Unheard);

/// <summary>A timer.</summary>
/// <param name="PeriodMs">Milliseconds between ticks; null: it ticks once.</param>
/// <param name="IsDue">True while a tick waits or runs.</param>
public sealed record GrainTimerAnswer(double? PeriodMs, bool IsDue);

/// <summary>A persistent state.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">What is stored; null: nothing, or it could not be read.</param>
/// <param name="Problem">Why it could not be read.</param>
public sealed record GrainStateAnswer(string Name, JsonElement? State, string? Problem);
