namespace Actors.AgentLoad.Measures;

/// <summary>Latencies as one process sends them to another.</summary>
/// <param name="MaxNanoseconds">The largest; 0 when there are none.</param>
/// <param name="Buckets">Those with something in them.</param>
public sealed record LatencyCounts(long MaxNanoseconds, IReadOnlyList<LatencyBucket> Buckets)
{
    /// <summary>What people want to know of them.</summary>
    public LatencyPercentiles Summarize()
    {
        var latencies = new Latencies();
        latencies.Add(this);
        return latencies.Summarize();
    }
}
