using Actors.AgentLoad.Checks;
using Actors.AgentLoad.Measures;

namespace Actors.AgentLoad.Running;

/// <summary>What a run came to; results of several processes add up.</summary>
public sealed record LoadResult
{
    /// <summary>All peers.</summary>
    public int Peers { get; init; }

    /// <summary>Peers with a failure.</summary>
    public int FailedPeers { get; init; }

    /// <summary>Connections that were made.</summary>
    public long Connections { get; init; }

    /// <summary>Of these, those after a peer's first.</summary>
    public long Reconnections { get; init; }

    /// <summary>Dials that a hub put off, with the advice to come later.</summary>
    public long PutOff { get; init; }

    /// <summary>Bytes that were read, with the frames' heads, without TCP's.</summary>
    public long BytesRead { get; init; }

    /// <summary>Bytes that were written.</summary>
    public long BytesWritten { get; init; }

    /// <summary>Bytes of node records that peers had to read at least.</summary>
    public long BytesExpected { get; init; }

    /// <summary>Milliseconds since the last byte came, on the connection where that is longest ago.</summary>
    public double OldestByteMs { get; init; }

    /// <summary>Updates that peers sent during the traffic.</summary>
    public long Updates { get; init; }

    /// <summary>Milliseconds of the traffic.</summary>
    public double TrafficMs { get; init; }

    /// <summary>Records on their way at the end, with time left to arrive or an end that is away.</summary>
    public long Unsettled { get; init; }

    /// <summary>What became of updates, those of the start included.</summary>
    public CheckCounts Checks { get; init; }

    /// <summary>How many failures there are of each kind.</summary>
    public IReadOnlyDictionary<string, long> FailureCounts { get; init; } = new Dictionary<string, long>();

    /// <summary>The first failures.</summary>
    public IReadOnlyList<LoadFailure> Failures { get; init; } = [];

    /// <summary>From the first dial to the welcome.</summary>
    public LatencyCounts Connect { get; init; } = new(0, []);

    /// <summary>From the moment that an update was sent to the moment that it was read.</summary>
    public LatencyCounts Delivery { get; init; } = new(0, []);

    /// <summary>How late this side sent updates of the open loop: what it adds to the load's unevenness, and a sign when it is the limit itself.</summary>
    public LatencyCounts Lateness { get; init; } = new(0, []);

    /// <summary>All failures.</summary>
    public long FailureCount => FailureCounts.Values.Sum();

    /// <summary>Adds up what several processes found.</summary>
    /// <param name="results">Theirs.</param>
    /// <param name="maxFailures">So many failures are kept.</param>
    public static LoadResult Sum(IReadOnlyCollection<LoadResult> results, int maxFailures) => new()
    {
        Peers = results.Sum(static one => one.Peers),
        FailedPeers = results.Sum(static one => one.FailedPeers),
        Connections = results.Sum(static one => one.Connections),
        Reconnections = results.Sum(static one => one.Reconnections),
        PutOff = results.Sum(static one => one.PutOff),
        BytesRead = results.Sum(static one => one.BytesRead),
        BytesWritten = results.Sum(static one => one.BytesWritten),
        BytesExpected = results.Sum(static one => one.BytesExpected),
        OldestByteMs = results.Select(static one => one.OldestByteMs).DefaultIfEmpty().Max(),
        Updates = results.Sum(static one => one.Updates),
        TrafficMs = results.Select(static one => one.TrafficMs).DefaultIfEmpty().Max(),
        Unsettled = results.Sum(static one => one.Unsettled),
        Checks = results.Aggregate(default(CheckCounts), static (sum, one) => sum + one.Checks),
        FailureCounts = results.SelectMany(static one => one.FailureCounts)
            .GroupBy(static kind => kind.Key)
            .ToDictionary(static kind => kind.Key, static kind => kind.Sum(static one => one.Value)),
        Failures = [.. results.SelectMany(static one => one.Failures).Take(maxFailures)],
        Connect = Add(results.Select(static one => one.Connect)),
        Delivery = Add(results.Select(static one => one.Delivery)),
        Lateness = Add(results.Select(static one => one.Lateness)),
    };

    private static LatencyCounts Add(IEnumerable<LatencyCounts> counts)
    {
        var sum = new Latencies();
        foreach (var one in counts)
            sum.Add(one);
        return sum.ToCounts();
    }
}
