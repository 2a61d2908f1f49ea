namespace Actors.Runtime.Metrics;

/// <summary>How a grain call ended, as <c>actors_grain_calls_total</c> labels it.</summary>
internal enum CallOutcome
{
    /// <summary>With a result.</summary>
    Ok,

    /// <summary>With an exception of the grain.</summary>
    Error,

    /// <summary>With a cancellation.</summary>
    Cancelled,

    /// <summary>It was not answered in time.</summary>
    Timeout,

    /// <summary>It was refused because the mailbox was full.</summary>
    Busy,
}
