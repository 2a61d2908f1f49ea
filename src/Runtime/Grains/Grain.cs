using Actors.Runtime.Scheduling;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Orleans;

/// <summary>
/// The base of grain classes. Everything in a grain runs on its activation's scheduler, one turn at a time; awaits come back
/// to it.
/// </summary>
public abstract class Grain : IGrainBase, IAddressable
{
    private readonly IGrainRuntime? _runtime;

    protected Grain()
        : this(Worker.Current.Activation!)
    {
    }

    /// <param name="grainContext">The activation.</param>
    /// <param name="grainRuntime">The runtime; null: the activation's own.</param>
    protected Grain(IGrainContext grainContext, IGrainRuntime? grainRuntime = null)
    {
        GrainContext = grainContext;
        _runtime = grainRuntime;
    }

    public IGrainContext GrainContext { get; }

    public GrainReference GrainReference => GrainContext.GrainReference;

    /// <summary>The grain's id as text.</summary>
    public string IdentityString => GrainContext.GrainId.ToString();

    /// <summary>The silo's address as text.</summary>
    public string RuntimeIdentity => Runtime.SiloIdentity;

    protected IGrainFactory GrainFactory => Runtime.GrainFactory;

    protected internal IServiceProvider ServiceProvider => GrainContext.ActivationServices;

    private IGrainRuntime Runtime => _runtime ?? (GrainContext as Activation)?.Silo.Runtime ?? ServiceProvider.GetRequiredService<IGrainRuntime>();

    /// <summary>Runs before the first call. When it throws, the activation ends and the waiting callers get the exception.</summary>
    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs after the last call. The token is cancelled when the time for it is up.</summary>
    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends this activation as soon as the calls that have started are done; waiting calls go to a new one.</summary>
    protected void DeactivateOnIdle() => Runtime.DeactivateOnIdle(GrainContext);

    /// <summary>
    /// Keeps idle collection away for at least <paramref name="timeSpan"/> from now; a negative span takes an earlier
    /// delay back.
    /// </summary>
    protected void DelayDeactivation(TimeSpan timeSpan) => Runtime.DelayDeactivation(GrainContext, timeSpan);
}
