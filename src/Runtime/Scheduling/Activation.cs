using Actors.Runtime.Activations;
using Actors.Runtime.Timers;
using Actors.Runtime.Watch;
using Orleans.Runtime;

namespace Actors.Runtime.Scheduling;

/// <summary>
/// One activation of a grain: its mailbox, the scheduler of its turns, and its life.
/// </summary>
/// <remarks>
/// Any thread puts items into the inbox, a lock-free stack. Whoever finds it idle queues the activation to the thread pool;
/// from then until the inbox is idle again exactly one thread drains it, and only that thread touches the fields below
/// "owned by the draining thread". Turns are run inside a task whose scheduler is the activation, so awaits, and tasks that
/// grain code starts, come back to it. An exception never leaves a turn: it is the answer of the call. An exception in the
/// machinery itself is a broken invariant and stops the process.
/// </remarks>
internal sealed partial class Activation : TaskScheduler, IGrainContext, IWorkItemScheduler, IThreadPoolWorkItem, IOverseen
{
    private readonly IdSpan _key;
    private object? _instance;
    private ActivationExtras? _extras;

    public Activation(GrainClass grainClass, IdSpan key)
    {
        Class = grainClass;
        _key = key;
        _lastUsedMs = grainClass.Silo.NowMs;
    }

    /// <summary>An observer: there is no grain to make, calls go to the object, which is held weakly.</summary>
    public Activation(GrainClass observerClass, IdSpan key, WeakReference<object> observer)
        : this(observerClass, key)
    {
        _instance = observer;
        _state = Active;
        _lifeChange = false;
    }

    public GrainClass Class { get; }

    public LocalSilo Silo => Class.Silo;

    public IdSpan Key => _key;

    public GrainId GrainId => new(Class.GrainType, _key);

    public object? GrainInstance => Class.IsObserver ? Observer : _instance;

    /// <summary>The object behind an observer; null when it has been collected.</summary>
    public object? Observer => _instance is WeakReference<object> weak && weak.TryGetTarget(out object? observer) ? observer : null;

    public GrainReference GrainReference => Silo.References.ReferenceTo(this);

    public ActivationId ActivationId => Extras.Id;

    public GrainAddress Address => new() { GrainId = GrainId, ActivationId = ActivationId, SiloAddress = Silo.Address };

    public IServiceProvider ActivationServices => Extras.Services;

    public IGrainLifecycle ObservableLifecycle => Extras.Lifecycle;

    public IWorkItemScheduler Scheduler => this;

    public Task Deactivated => Extras.Ended;

    /// <summary>What most activations never need; made when something asks for it.</summary>
    private ActivationExtras Extras
    {
        get
        {
            if (_extras is { } extras)
            {
                return extras;
            }

            var made = new ActivationExtras(this);
            return Interlocked.CompareExchange(ref _extras, made, null) ?? made;
        }
    }

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => _key.GetHashCode();

    /// <summary>The object that calls are made on; observers have it behind a weak reference.</summary>
    public object? GetTarget() => _instance;

    public void SetComponent<TComponent>(TComponent? value)
        where TComponent : class => Extras.SetComponent(value);

    public override string ToString() => $"{GrainId} on {Silo.Address}";

    /// <summary>False when the activation is ending, which takes no new timers.</summary>
    public bool TryAddTimer(GrainTimer timer) => Extras.TryAdd(timer);

    public void RemoveTimer(GrainTimer timer) => _extras?.Remove(timer);

    public void QueueAction(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        new Task(action).Start(this);
    }

    public void QueueAction(Action<object> action, object state)
    {
        ArgumentNullException.ThrowIfNull(action);
        new Task(action!, state).Start(this);
    }

    void IWorkItemScheduler.QueueTask(Task task)
    {
        ArgumentNullException.ThrowIfNull(task);
        task.Start(this);
    }

    /// <summary>Puts an await's continuation, or a task that grain code starts, into the mailbox.</summary>
    protected override void QueueTask(Task task) => Post(new TaskItem(task));

    /// <summary>Runs a task on this stack when a turn of this activation is running on it, and only then.</summary>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && ReferenceEquals(Worker.Current.Activation, this) && TryExecuteTask(task);

    /// <summary>For debuggers; the mailbox cannot be read from outside.</summary>
    protected override IEnumerable<Task>? GetScheduledTasks() => null;

}
