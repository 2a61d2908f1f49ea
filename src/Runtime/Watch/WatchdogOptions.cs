namespace Actors.Runtime.Watch;

/// <summary>What the watchdog reports.</summary>
public sealed class WatchdogOptions
{
    /// <summary>A turn that runs longer than this is reported. Infinite: none is. Default 1 s.</summary>
    public TimeSpan LongTurn { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>A work item that the thread pool has not run for longer than this is reported. Infinite: none is. Default 1 s.</summary>
    public TimeSpan StarvedPool { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often it looks. Default 500 ms.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMilliseconds(500);
}
