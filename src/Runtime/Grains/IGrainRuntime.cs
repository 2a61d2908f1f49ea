using Orleans.Timers;

namespace Orleans.Runtime;

/// <summary>What a grain class needs of its silo.</summary>
public interface IGrainRuntime
{
    IGrainFactory GrainFactory { get; }

    IServiceProvider ServiceProvider { get; }

    SiloAddress SiloAddress { get; }

    /// <summary>The silo's address as text.</summary>
    string SiloIdentity { get; }

    ITimerRegistry TimerRegistry { get; }

    TimeProvider TimeProvider { get; }

    void DeactivateOnIdle(IGrainContext grainContext);

    void DelayDeactivation(IGrainContext grainContext, TimeSpan timeSpan);
}
