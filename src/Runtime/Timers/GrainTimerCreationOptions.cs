using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>When, how often, and beside what a grain's timer ticks.</summary>
public readonly struct GrainTimerCreationOptions
{
    public GrainTimerCreationOptions()
    {
    }

    [SetsRequiredMembers]
    public GrainTimerCreationOptions(TimeSpan dueTime, TimeSpan period)
    {
        DueTime = dueTime;
        Period = period;
    }

    /// <summary>Until the first tick; infinite: not before <see cref="IGrainTimer.Change"/>.</summary>
    public required TimeSpan DueTime { get; init; }

    /// <summary>From the end of a tick to the next; infinite: once.</summary>
    public required TimeSpan Period { get; init; }

    /// <summary>True: a tick may run beside calls, at their awaits.</summary>
    public bool Interleave { get; init; }

    /// <summary>True: ticks keep the activation from being collected as idle.</summary>
    public bool KeepAlive { get; init; }
}
