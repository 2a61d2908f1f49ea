using Orleans.Runtime;

namespace Orleans;

/// <summary>What every grain class has, whether or not it derives from <see cref="Grain"/>.</summary>
public interface IGrainBase
{
    IGrainContext GrainContext { get; }

    /// <summary>Runs before the first call. When it throws, the activation ends and the waiting callers get the exception.</summary>
    Task OnActivateAsync(CancellationToken token) => Task.CompletedTask;

    /// <summary>Runs after the last call. The token is cancelled when the time for it is up.</summary>
    Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token) => Task.CompletedTask;
}
