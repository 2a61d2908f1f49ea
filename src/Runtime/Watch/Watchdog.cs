using Actors.Runtime.Scheduling;
using Microsoft.Extensions.Options;

namespace Actors.Runtime.Watch;

/// <summary>
/// Sees stalls: a turn that does not end, and a thread pool that does not run its work. It has a thread of its own, because
/// what it watches is the pool. Each stall is logged and counted once, and again whenever its length has doubled in the log. What a
/// stalled thread holds back of other turns, others do.
/// </summary>
internal sealed class Watchdog : IDisposable
{
    private readonly LocalSilo _silo;
    private readonly WatchdogOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<IThreadPoolWorkItem> _queue;
    private readonly ManualResetEventSlim _stop = new();
    private readonly Dictionary<Worker, Sighting> _sightings = [];
    private readonly Probe _probe = new();
    private Thread? _thread;
    private long _probeSentAt;
    private TimeSpan _poolReported;

    /// <param name="silo">Whose turns it watches.</param>
    /// <param name="options">What it reports.</param>
    /// <param name="time">Real time: a stall is one of the machine, whatever clock grains see.</param>
    /// <param name="queue">Puts a work item into the pool that is watched.</param>
    public Watchdog(LocalSilo silo, IOptions<WatchdogOptions> options, TimeProvider time, Action<IThreadPoolWorkItem> queue)
    {
        _queue = queue;
        _silo = silo;
        _options = options.Value;
        _time = time;
    }

    public void Start()
    {
        _thread = new Thread(Loop) { IsBackground = true, Name = "grain watchdog" };
        _thread.Start();
    }

    public void Dispose()
    {
        _stop.Set();
        _thread?.Join();
        _stop.Dispose();
    }

    /// <summary>Looks once.</summary>
    internal void Look()
    {
        List<Worker> workers = Worker.Snapshot();
        foreach (Worker worker in workers)
        {
            worker.Held.WriteFromOutside();
            worker.Batch?.Rescue();
        }

        LookAtTurns(workers);
        LookAtPool();
    }

    private void Loop()
    {
        while (!_stop.Wait(_options.Interval))
        {
            Look();
        }
    }

    private void LookAtTurns(List<Worker> workers)
    {
        if (_options.LongTurn == Timeout.InfiniteTimeSpan)
        {
            return;
        }

        long now = _time.GetTimestamp();
        foreach (Worker worker in workers)
        {
            int sequence = worker.Sequence;
            if (worker.Activation is not { } activation || !ReferenceEquals(activation.Silo, _silo))
            {
                _sightings.Remove(worker);
            }
            else if (!_sightings.TryGetValue(worker, out Sighting? sighting) || sighting.Sequence != sequence || !ReferenceEquals(sighting.Activation, activation))
            {
                _sightings[worker] = new Sighting(activation, sequence, now);
            }
            else
            {
                Report(worker, sighting, _time.GetElapsedTime(sighting.Since, now));
            }
        }

        if (_sightings.Count > workers.Count)
        {
            foreach (Worker gone in _sightings.Keys.Except(workers).ToList())
            {
                _sightings.Remove(gone);
            }
        }
    }

    private void Report(Worker worker, Sighting sighting, TimeSpan elapsed)
    {
        if (elapsed < _options.LongTurn || elapsed < sighting.Reported * 2)
        {
            return;
        }

        Activation activation = sighting.Activation;
        string method = worker.Turn?.Label ?? activation.ContinuedLabel;
        if (sighting.Reported == TimeSpan.Zero)
        {
            _silo.Metrics.CountStall(activation.Class.GrainType.ToString(), method);
        }

        sighting.Reported = elapsed;
        _silo.Log.TurnStalled(activation.GrainId, method, (long)elapsed.TotalMilliseconds, worker.ThreadId);
    }

    private void LookAtPool()
    {
        if (_options.StarvedPool == Timeout.InfiniteTimeSpan)
        {
            return;
        }

        if (_probe.HasRun)
        {
            _poolReported = TimeSpan.Zero;
            _probeSentAt = _time.GetTimestamp();
            _probe.Reset();
            _queue(_probe);
            return;
        }

        TimeSpan elapsed = _time.GetElapsedTime(_probeSentAt);
        if (elapsed < _options.StarvedPool || elapsed < _poolReported * 2)
        {
            return;
        }

        if (_poolReported == TimeSpan.Zero)
        {
            _silo.Metrics.CountStall("", "thread pool");
        }

        _poolReported = elapsed;
        _silo.Log.PoolStarved((long)elapsed.TotalMilliseconds, ThreadPool.ThreadCount, ThreadPool.PendingWorkItemCount);
    }

    private sealed class Sighting(Activation activation, int sequence, long since)
    {
        public Activation Activation => activation;

        public int Sequence => sequence;

        public long Since => since;

        public TimeSpan Reported { get; set; }
    }

    private sealed class Probe : IThreadPoolWorkItem
    {
        private volatile bool _hasRun = true;

        public bool HasRun => _hasRun;

        public void Reset() => _hasRun = false;

        public void Execute() => _hasRun = true;
    }
}
