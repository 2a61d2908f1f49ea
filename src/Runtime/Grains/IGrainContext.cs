using Orleans.Serialization.Invocation;

namespace Orleans.Runtime;

/// <summary>One activation of a grain, as the runtime and the grain see it.</summary>
public interface IGrainContext : ITargetHolder, IEquatable<IGrainContext>
{
    GrainReference GrainReference { get; }

    GrainId GrainId { get; }

    /// <summary>The grain object; null before it is made and after it is gone.</summary>
    object? GrainInstance { get; }

    ActivationId ActivationId { get; }

    GrainAddress Address { get; }

    /// <summary>The activation's own scope of services.</summary>
    IServiceProvider ActivationServices { get; }

    /// <summary>The stages of this activation's life.</summary>
    IGrainLifecycle ObservableLifecycle { get; }

    /// <summary>The scheduler of this activation's turns.</summary>
    IWorkItemScheduler Scheduler { get; }

    /// <summary>Completes when the activation has ended.</summary>
    Task Deactivated { get; }

    /// <summary>
    /// Ends the activation: calls that have started finish, waiting ones go to a new activation. Returns at once.
    /// </summary>
    /// <param name="deactivationReason">Handed to the grain.</param>
    /// <param name="cancellationToken">Cancels the token that the grain's deactivation sees.</param>
    void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default);

    /// <summary>Attaches a component to the activation, or removes it when <paramref name="value"/> is null.</summary>
    void SetComponent<TComponent>(TComponent? value)
        where TComponent : class;
}
