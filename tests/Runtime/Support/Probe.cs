namespace Actors.Runtime.Tests.Support;

/// <summary>Between a test and its grains: what happened, in order, and gates at which grain code waits.</summary>
public sealed class Probe
{
    private readonly Lock _lock = new();
    private readonly List<string> _log = [];
    private readonly List<(Func<bool> Condition, TaskCompletionSource Met)> _waiters = [];
    private readonly Dictionary<string, TaskCompletionSource> _gates = [];
    private bool _over;

    /// <summary>What happened so far.</summary>
    public IReadOnlyList<string> Log
    {
        get
        {
            lock (_lock)
            {
                return [.. _log];
            }
        }
    }

    public void Add(string what)
    {
        lock (_lock)
        {
            _log.Add(what);
            for (int i = _waiters.Count - 1; i >= 0; i--)
            {
                if (_waiters[i].Condition())
                {
                    _waiters[i].Met.SetResult();
                    _waiters.RemoveAt(i);
                }
            }
        }
    }

    public bool Has(string what) => Count(what) > 0;

    public int Count(string what)
    {
        lock (_lock)
        {
            return _log.Count(entry => entry == what);
        }
    }

    /// <summary>Completes when something has happened so many times.</summary>
    public Task Seen(string what, int times = 1)
    {
        lock (_lock)
        {
            var met = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_log.Count(entry => entry == what) >= times)
            {
                met.SetResult();
            }
            else
            {
                _waiters.Add((() => _log.Count(entry => entry == what) >= times, met));
            }

            return Guard.Within(met.Task, $"{what}, {times} times");
        }
    }

    /// <summary>Grain code waits here until the test opens the gate.</summary>
    public Task Gate(string name) => Source(name).Task;

    public void Open(string name) => Source(name).TrySetResult();

    /// <summary>Opens all gates, those that are asked for later too: the test is over.</summary>
    public void OpenAll()
    {
        lock (_lock)
        {
            _over = true;
            foreach (TaskCompletionSource gate in _gates.Values)
            {
                gate.TrySetResult();
            }
        }
    }

    private TaskCompletionSource Source(string name)
    {
        lock (_lock)
        {
            if (!_gates.TryGetValue(name, out TaskCompletionSource? gate))
            {
                _gates[name] = gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                if (_over)
                {
                    gate.SetResult();
                }
            }

            return gate;
        }
    }
}
