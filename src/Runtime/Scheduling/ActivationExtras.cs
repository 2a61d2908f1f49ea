using Actors.Runtime.Lifecycle;
using Actors.Runtime.Management;
using Actors.Runtime.Timers;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Scheduling;

/// <summary>The parts of an activation that most do not need: each is made by the first who asks.</summary>
internal sealed class ActivationExtras(Activation owner)
{
    private readonly Lock _lock = new();
    private AsyncServiceScope? _scope;
    private GrainLifecycle? _lifecycle;
    private Dictionary<Type, object>? _components;
    private List<GrainTimer>? _timers;
    private ActivationId _id;
    private TaskCompletionSource? _ended;
    private bool _hasEnded;

    /// <summary>Completes when the activation has ended.</summary>
    public Task Ended
    {
        get
        {
            lock (_lock)
            {
                if (_ended is null)
                {
                    _ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    if (_hasEnded || owner.IsClosed)
                    {
                        _ended.SetResult();
                    }
                }

                return _ended.Task;
            }
        }
    }

    /// <summary>Why the activation ends; set once.</summary>
    public DeactivationReason? Reason { get; private set; }

    /// <summary>Cancels the token that the grain's deactivation sees; from who asked for the end.</summary>
    public CancellationToken StopToken { get; private set; }

    /// <summary>Cancelled when the time for activating or deactivating is up.</summary>
    public CancellationTokenSource? Deadline { get; set; }

    /// <summary>Until when idle collection stays away, in milliseconds of the silo's clock.</summary>
    public long KeepUntilMs { get; set; } = long.MinValue;

    /// <summary>The stages of the lifecycle if anybody has subscribed.</summary>
    public StageRunner? UsedStages => _lifecycle is { Stages.IsEmpty: false } used ? used.Stages : null;

    public ActivationId Id
    {
        get
        {
            lock (_lock)
            {
                if (_id.IsDefault)
                {
                    _id = owner.Silo.NextActivationId();
                }

                return _id;
            }
        }
    }

    public IServiceProvider Services
    {
        get
        {
            lock (_lock)
            {
                _scope ??= owner.Silo.Services.CreateAsyncScope();
                return _scope.Value.ServiceProvider;
            }
        }
    }

    public GrainLifecycle Lifecycle
    {
        get
        {
            lock (_lock)
            {
                return _lifecycle ??= new GrainLifecycle();
            }
        }
    }

    /// <summary>True for the first reason; later ones change nothing.</summary>
    public bool TrySetReason(DeactivationReason reason, CancellationToken stopToken)
    {
        lock (_lock)
        {
            if (Reason is not null)
            {
                return false;
            }

            Reason = reason;
            StopToken = stopToken;
            return true;
        }
    }

    /// <summary>The activation has ended.</summary>
    public void SetEnded()
    {
        lock (_lock)
        {
            _hasEnded = true;
            _ended?.TrySetResult();
        }
    }

    public TComponent? GetComponent<TComponent>()
        where TComponent : class
    {
        lock (_lock)
        {
            return _components?.GetValueOrDefault(typeof(TComponent)) as TComponent;
        }
    }

    public void SetComponent<TComponent>(TComponent? value)
        where TComponent : class
    {
        lock (_lock)
        {
            if (value is null)
            {
                _components?.Remove(typeof(TComponent));
            }
            else
            {
                (_components ??= [])[typeof(TComponent)] = value;
            }
        }
    }

    /// <summary>False when the activation is ending, which takes no new timers.</summary>
    public bool TryAdd(GrainTimer timer)
    {
        lock (_lock)
        {
            if (owner.IsStoppingOrClosed)
            {
                return false;
            }

            (_timers ??= []).Add(timer);
            return true;
        }
    }

    public void Remove(GrainTimer timer)
    {
        lock (_lock)
        {
            _timers?.Remove(timer);
        }
    }

    /// <summary>Its timers, in the order in which they were made.</summary>
    public TimerReading[] ReadTimers()
    {
        lock (_lock)
        {
            return _timers is null ? [] : [.. _timers.Select(static timer => timer.Read())];
        }
    }

    /// <summary>Ends all timers.</summary>
    public void EndTimers()
    {
        GrainTimer[] timers;
        lock (_lock)
        {
            timers = _timers?.ToArray() ?? [];
            _timers = null;
        }

        foreach (GrainTimer timer in timers)
        {
            timer.Dispose();
        }
    }

    /// <summary>Gives the services back.</summary>
    public async ValueTask DisposeServicesAsync()
    {
        AsyncServiceScope? scope;
        lock (_lock)
        {
            scope = _scope;
            _scope = null;
        }

        if (scope is { } used)
        {
            await used.DisposeAsync();
        }
    }
}
