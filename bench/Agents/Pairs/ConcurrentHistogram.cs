using Actors.Bench.Report;

namespace Actors.Bench.Agents.Pairs;

/// <summary>Latencies that several threads record, each in a histogram of its own.</summary>
internal sealed class ConcurrentHistogram : IDisposable
{
    private readonly ThreadLocal<LatencyHistogram> _parts = new(static () => new LatencyHistogram(), trackAllValues: true);

    /// <summary>Records one latency in ticks of the stopwatch.</summary>
    public void Record(long ticks) => _parts.Value!.Record(ticks);

    /// <summary>All of them, once nobody records any more.</summary>
    public LatencyHistogram Sum()
    {
        var sum = new LatencyHistogram();
        foreach (var part in _parts.Values) sum.Add(part);
        return sum;
    }

    /// <inheritdoc/>
    public void Dispose() => _parts.Dispose();
}
