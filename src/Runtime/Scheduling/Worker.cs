using Actors.Runtime.Invocation;

namespace Actors.Runtime.Scheduling;

/// <summary>
/// What a thread is doing: whose turn it runs, and which answer it still holds. One per thread, written by that thread only;
/// the watchdog reads it from outside.
/// </summary>
internal sealed class Worker
{
    private static readonly Lock AllLock = new();
    private static readonly List<WeakReference<Worker>> All = [];
    private static int _count;

    [ThreadStatic]
    private static Worker? _current;

    private Worker()
    {
        Index = Interlocked.Increment(ref _count) - 1;
        ThreadId = Environment.CurrentManagedThreadId;
    }

    /// <summary>This thread's worker.</summary>
    public static Worker Current => _current ?? Create();

    /// <summary>A number from 0; counters use it to spread writers.</summary>
    public int Index { get; }

    public int ThreadId { get; }

    /// <summary>Makes an activation this thread's scheduler.</summary>
    public TurnMark Mark { get; } = new();

    /// <summary>The activation whose turn runs; null outside of turns.</summary>
    public Activation? Activation { get; set; }

    /// <summary>The call or tick that runs; null for other turns.</summary>
    public TurnItem? Turn { get; set; }

    /// <summary>Grows with every turn, so that the watchdog sees whether it still is the same.</summary>
    public int Sequence { get; set; }

    /// <summary>A call that is done and whose answer leaves when the turn's activation has been let go of.</summary>
    public GrainRequest? Answer { get; set; }

    /// <summary>True when something has run in this stay that counts as use of the activation.</summary>
    public bool Touched { get; set; }

    /// <summary>True while the thread gathers a <see cref="WorkBatch"/>.</summary>
    public bool IsGathering { get; set; }

    /// <summary>What it has gathered.</summary>
    public List<IThreadPoolWorkItem> Gathered { get; } = [];

    /// <summary>The batch that it runs; null when it runs none.</summary>
    public WorkBatch? Batch { get; set; }

    /// <summary>Messages that wait for the end of the batch which the thread runs.</summary>
    public HeldWrites Held { get; } = new();

    /// <summary>The execution context that turns begin with: nothing of one call is seen by the next.</summary>
    public ExecutionContext? Baseline { get; set; }

    /// <summary>True when the running code has no execution context of its own, and so nothing that goes along with a call.</summary>
    public bool IsBare => Baseline is { } baseline && ReferenceEquals(ExecutionContext.Capture(), baseline);

    /// <summary>Gives a work item to the thread pool, preferably to this thread; or to the batch that it gathers.</summary>
    public void Queue(IThreadPoolWorkItem item)
    {
        if (IsGathering)
        {
            Gathered.Add(item);
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: true);
        }
    }

    /// <summary>Every thread's worker, as far as the threads live.</summary>
    public static List<Worker> Snapshot()
    {
        var workers = new List<Worker>();
        lock (AllLock)
        {
            All.RemoveAll(static reference => !reference.TryGetTarget(out _));
            foreach (WeakReference<Worker> reference in All)
            {
                if (reference.TryGetTarget(out Worker? worker))
                {
                    workers.Add(worker);
                }
            }
        }

        return workers;
    }

    /// <summary>
    /// Sends the held answer off in the middle of an activation's turns. A caller that is a grain waits on its own scheduler,
    /// so its continuation does not run here; any other gets its answer on the thread pool, whatever it does then.
    /// </summary>
    public void Flush()
    {
        if (Answer is { } answer)
        {
            Answer = null;
            if (answer.Source is null)
            {
                ThreadPool.UnsafeQueueUserWorkItem(answer, preferLocal: true);
            }
            else
            {
                answer.Deliver(inline: false);
            }
        }
    }

    /// <summary>The code of a call or tick has returned: what it left in the execution context is taken away.</summary>
    public void EndTurn()
    {
        Turn = null;
        if (!ReferenceEquals(ExecutionContext.Capture(), Baseline) && Baseline is { } baseline)
        {
            ExecutionContext.Restore(baseline);
        }
    }

    private static Worker Create()
    {
        var worker = new Worker();
        lock (AllLock)
        {
            All.Add(new WeakReference<Worker>(worker));
        }

        return _current = worker;
    }
}
