using Actors.Runtime.Invocation;

namespace Actors.Runtime.Metrics;

/// <summary>The figures of one grain class. Counting a call touches one cell; nothing is looked up by name.</summary>
internal sealed class ClassMetrics
{
    /// <summary>Groups of threads that decide apart which turns are timed. The array's first place stays empty: beside it lies the length.</summary>
    private const int Samplers = 8;

    private readonly Lock _lock = new();
    private readonly Sampler[] _samplers = new Sampler[1 + Samplers];
    private readonly GrainMetrics _owner;
    private readonly Func<int> _activations;
    private readonly KeyValuePair<string, object?> _typeTag;
    private readonly KeyValuePair<string, object?> _lockTag;
    private CallCounters?[] _calls = [];

    public ClassMetrics(GrainMetrics owner, string type, Func<int> activations)
    {
        _owner = owner;
        _activations = activations;
        Type = type;
        _typeTag = new("type", type);
        _lockTag = new("lock_name", "grain:" + type);
    }

    public string Type { get; }

    public KeyValuePair<string, object?> TypeTag => _typeTag;

    public KeyValuePair<string, object?> LockTag => _lockTag;

    public int Activations => _activations();

    /// <summary>Calls that found others before them in the mailbox.</summary>
    public StripedCounter Contention { get; } = new();

    /// <summary>The counters of all methods that have been called.</summary>
    public IEnumerable<CallCounters> Calls
    {
        get
        {
            foreach (CallCounters? counters in Volatile.Read(ref _calls))
            {
                if (counters is not null)
                {
                    yield return counters;
                }
            }
        }
    }

    /// <summary>True when the next turn is to be timed.</summary>
    /// <param name="worker">The index of the thread's worker.</param>
    /// <param name="epoch">See <see cref="Sampler.Next"/>.</param>
    public bool IsTimed(int worker, long epoch) => _samplers[1 + (worker & (Samplers - 1))].Next(epoch);

    /// <summary>The counters of a method.</summary>
    public CallCounters CallsOf(GrainMethod method)
    {
        CallCounters?[] calls = _calls;
        int index = method.Index;
        return (uint)index < (uint)calls.Length && calls[index] is { } counters ? counters : AddCounters(method);
    }

    public void RecordWait(TimeSpan wait) => _owner.Wait.Record(wait.TotalMicroseconds, _lockTag);

    public void RecordTurn(TimeSpan turn) => _owner.Turn.Record(turn.TotalSeconds, _typeTag);

    private CallCounters AddCounters(GrainMethod method)
    {
        lock (_lock)
        {
            CallCounters?[] calls = _calls;
            if (method.Index >= calls.Length)
            {
                Array.Resize(ref calls, method.Index + 8);
            }

            CallCounters counters = calls[method.Index] ??= new CallCounters(method);
            Volatile.Write(ref _calls, calls);
            return counters;
        }
    }
}
