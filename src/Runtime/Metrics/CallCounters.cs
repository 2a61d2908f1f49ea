using Actors.Runtime.Invocation;

namespace Actors.Runtime.Metrics;

/// <summary>The calls of one method of one grain class, by outcome.</summary>
internal sealed class CallCounters(GrainMethod method)
{
    private readonly StripedCounter _ok = new();
    private readonly long[] _others = new long[(int)CallOutcome.Busy + 1];

    public GrainMethod Method => method;

    public void Count(CallOutcome outcome, int worker)
    {
        if (outcome == CallOutcome.Ok)
        {
            _ok.Add(worker);
        }
        else
        {
            Interlocked.Increment(ref _others[(int)outcome]);
        }
    }

    public long Read(CallOutcome outcome) => outcome == CallOutcome.Ok ? _ok.Value : Volatile.Read(ref _others[(int)outcome]);
}
