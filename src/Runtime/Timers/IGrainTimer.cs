namespace Orleans.Runtime;

/// <summary>A timer of a grain. Disposing it ends it; a tick that has started runs on.</summary>
public interface IGrainTimer : IDisposable
{
    /// <summary>Sets when the timer ticks next and how long after the end of a tick it ticks again.</summary>
    /// <param name="dueTime">Until the next tick; infinite: never.</param>
    /// <param name="period">From the end of a tick to the next; infinite: once.</param>
    void Change(TimeSpan dueTime, TimeSpan period);
}
