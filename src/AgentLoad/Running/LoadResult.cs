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

    /// <summary>Bytes of node records that the connections at the end had to read at least: one of each peer of which they had to be told.</summary>
    public long BytesExpected { get; init; }

    /// <summary>Connections that read less than was expected of them.</summary>
    public int ShortConnections { get; init; }

    /// <summary>Bytes that are missing on the connection where most are.</summary>
    public long MostMissingBytes { get; init; }

    /// <summary>Since the last byte came, of each connection at the end.</summary>
    public LatencyCounts LastByteAge { get; init; } = new(0, []);

    /// <summary>Updates that peers sent during the traffic.</summary>
    public long Updates { get; init; }

    /// <summary>Updates that were due by the clock during the traffic.</summary>
    public long DueUpdates { get; init; }

    /// <summary>Of these, those whose turn came: sent, or passed over because nobody was connected who could send.</summary>
    public long PacedUpdates { get; init; }

    /// <summary>The part of the traffic's time (0 to 1) in which the loop's thread did not wait for sockets; of several processes the largest.</summary>
    public double BusyShare { get; init; }

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

    /// <summary>From the moment that a peer was to be connected by the ramp to its first welcome, with all that it waited for: dials that were put off, and room for its own.</summary>
    public LatencyCounts Connect { get; init; } = new(0, []);

    /// <summary>From the moment that a connection broke to the welcome on the next one.</summary>
    public LatencyCounts Reconnect { get; init; } = new(0, []);

    /// <summary>The dials themselves that came to a welcome, from TCP's connection on.</summary>
    public LatencyCounts Dial { get; init; } = new(0, []);

    /// <summary>From the moment that an update was sent to the moment that it was read.</summary>
    public LatencyCounts Delivery { get; init; } = new(0, []);

    /// <summary>How late this side sent updates of the open loop: what it adds to the load's unevenness, and a sign when it is the limit itself.</summary>
    public LatencyCounts Lateness { get; init; } = new(0, []);

    /// <summary>All failures.</summary>
    public long FailureCount => FailureCounts.Values.Sum();

    /// <summary>What is known of a part that ended without its result: nobody in it is counted as a peer, for none was judged to the end.</summary>
    /// <param name="progress">The last that was heard of it.</param>
    public static LoadResult Of(LoadProgress progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        return new()
        {
            Connections = progress.Connections,
            BytesRead = progress.BytesRead,
            BytesWritten = progress.BytesWritten,
            Updates = progress.Updates,
            Unsettled = progress.Unsettled,
            Checks = new CheckCounts { Delivered = progress.Delivered },
            FailureCounts = progress.Failures == 0 ? new Dictionary<string, long>() : new Dictionary<string, long> { ["unreported"] = progress.Failures },
        };
    }

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
        ShortConnections = results.Sum(static one => one.ShortConnections),
        MostMissingBytes = results.Select(static one => one.MostMissingBytes).DefaultIfEmpty().Max(),
        LastByteAge = Add(results.Select(static one => one.LastByteAge)),
        Updates = results.Sum(static one => one.Updates),
        DueUpdates = results.Sum(static one => one.DueUpdates),
        PacedUpdates = results.Sum(static one => one.PacedUpdates),
        BusyShare = results.Select(static one => one.BusyShare).DefaultIfEmpty().Max(),
        TrafficMs = results.Select(static one => one.TrafficMs).DefaultIfEmpty().Max(),
        Unsettled = results.Sum(static one => one.Unsettled),
        Checks = results.Aggregate(default(CheckCounts), static (sum, one) => sum + one.Checks),
        FailureCounts = results.SelectMany(static one => one.FailureCounts)
            .GroupBy(static kind => kind.Key)
            .ToDictionary(static kind => kind.Key, static kind => kind.Sum(static one => one.Value)),
        Failures = [.. results.SelectMany(static one => one.Failures).Take(maxFailures)],
        Connect = Add(results.Select(static one => one.Connect)),
        Reconnect = Add(results.Select(static one => one.Reconnect)),
        Dial = Add(results.Select(static one => one.Dial)),
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
