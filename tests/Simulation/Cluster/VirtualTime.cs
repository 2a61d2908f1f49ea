namespace Actors.Simulation.Tests.Cluster;

/// <summary>The world's clock and what is to happen in it. One thread; events of one moment happen in the order in which they were planned.</summary>
internal sealed class VirtualTime
{
    private readonly PriorityQueue<Action, (double AtMs, long Order)> _plans = new();
    private long _order;

    /// <summary>Milliseconds since the world began.</summary>
    public double NowMs { get; private set; }

    public void After(double delayMs, Action what) => _plans.Enqueue(what, (NowMs + Math.Max(0, delayMs), _order++));

    /// <summary>Lets everything happen until a time.</summary>
    public void RunUntil(double endMs)
    {
        while (_plans.TryPeek(out _, out var next) && next.AtMs <= endMs)
        {
            Action what = _plans.Dequeue();
            NowMs = next.AtMs;
            what();
        }

        NowMs = endMs;
    }
}
