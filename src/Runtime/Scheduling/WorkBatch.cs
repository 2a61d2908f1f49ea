using System.Diagnostics.CodeAnalysis;

namespace Actors.Runtime.Scheduling;

/// <summary>
/// Turns and answers that one read of a connection has set going: one work item of the thread pool instead of one for each. What they
/// send is written for several of them together.
/// </summary>
/// <remarks>
/// Another worker takes part when the items are many, or take long. Where an item does not end, the watchdog has the others run, and
/// what was held for a common write is written. Gathering is the reading thread's: <see cref="Begin"/>, <see cref="Worker.Queue"/> and
/// <see cref="End"/>, without waiting in between.
/// </remarks>
internal sealed class WorkBatch : IThreadPoolWorkItem
{
    /// <summary>Small enough for the peer to begin with the first messages while the last ones are made.</summary>
    internal const int ItemsPerWrite = 16;

    /// <summary>From so many items on, waking a worker costs less than it brings.</summary>
    internal const int Many = 16;

    private const int LongMs = 2;
    private const int StuckMs = 100;

    private readonly IThreadPoolWorkItem[] _items;
    private readonly long _begunMs = Environment.TickCount64;
    private int _next;

    private WorkBatch(IThreadPoolWorkItem[] items) => _items = items;

    /// <summary>From now on the thread gathers what it would queue.</summary>
    public static void Begin(Worker worker) => worker.IsGathering = true;

    /// <summary>Queues what was gathered.</summary>
    public static void End(Worker worker)
    {
        worker.IsGathering = false;
        List<IThreadPoolWorkItem> gathered = worker.Gathered;
        if (gathered.Count > 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(gathered.Count == 1 ? gathered[0] : new WorkBatch([.. gathered]), preferLocal: false);
            gathered.Clear();
        }
    }

    /// <summary>The thread pool's entry: runs items until none is left.</summary>
    public void Execute()
    {
        Worker worker = Worker.Current;
        worker.Batch = this;
        worker.Held.Begin();
        bool hasAsked = false;
        long writtenMs = Environment.TickCount64;
        for (int run = 1; TryTake(out IThreadPoolWorkItem? item, out int left); run++)
        {
            if (!hasAsked && left > 0 && (left >= Many || Environment.TickCount64 - _begunMs >= LongMs))
            {
                hasAsked = true;
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            }

            item.Execute();
            if (run % ItemsPerWrite == 0 || Environment.TickCount64 != writtenMs)
            {
                worker.Held.Write();
                writtenMs = Environment.TickCount64;
            }
        }

        worker.Held.End();
        worker.Batch = null;
    }

    /// <summary>From another thread: has another worker run what is left, if the batch is older than what it should take.</summary>
    public void Rescue()
    {
        if (Volatile.Read(ref _next) < _items.Length && Environment.TickCount64 - _begunMs >= StuckMs)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private bool TryTake([NotNullWhen(true)] out IThreadPoolWorkItem? item, out int left)
    {
        int index = Interlocked.Increment(ref _next) - 1;
        left = _items.Length - index - 1;
        item = left >= 0 ? _items[index] : null;
        return item is not null;
    }
}
