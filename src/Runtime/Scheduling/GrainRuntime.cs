using Actors.Runtime.Timers;
using Orleans;
using Orleans.Runtime;
using Orleans.Timers;

namespace Actors.Runtime.Scheduling;

/// <summary>What grain classes need of their silo.</summary>
internal sealed class GrainRuntime(LocalSilo silo) : IGrainRuntime, IGrainContextAccessor
{
    public IGrainFactory GrainFactory => silo.References;

    public IServiceProvider ServiceProvider => silo.Services;

    public SiloAddress SiloAddress => silo.Address;

    public string SiloIdentity => silo.Address.ToString();

    public ITimerRegistry TimerRegistry { get; } = new TimerRegistry();

    public TimeProvider TimeProvider => silo.Time;

    public IGrainContext GrainContext => Worker.Current.Activation
        ?? throw new InvalidOperationException("There is no grain here: this code does not run in a grain's turn.");

    public void DeactivateOnIdle(IGrainContext grainContext) => grainContext.Deactivate(
        new DeactivationReason(DeactivationReasonCode.ApplicationRequested, $"{nameof(DeactivateOnIdle)} was called."));

    public void DelayDeactivation(IGrainContext grainContext, TimeSpan timeSpan) => ((Activation)grainContext).DelayDeactivation(timeSpan);
}
