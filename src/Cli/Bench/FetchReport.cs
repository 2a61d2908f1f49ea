namespace Actors.Cli.Bench;

/// <summary>Result of <c>bench fetch</c>.</summary>
/// <param name="Topic">The topic that was read.</param>
/// <param name="Partitions">How many of its partitions.</param>
/// <param name="Connections">Connections that read.</param>
/// <param name="Outstanding">Fetches in flight on each, each of another partition.</param>
/// <param name="Seconds">From the first request to the last answer.</param>
/// <param name="Messages">Messages that were read and whose batches are sound.</param>
/// <param name="Missing">Offsets between a partition's start and end that no batch covered; more than 0 also when a topic is compacted.</param>
/// <param name="Rounds">How often everything was read, with the round that the end of the time cut off.</param>
/// <param name="MessagesPerSecond">Of those read.</param>
/// <param name="MegabytesPerSecond">Bytes of batches as they are on the wire, in units of 1,000,000.</param>
/// <param name="LatencyMs">From a fetch to its answer.</param>
/// <param name="MinThroughput">Messages a second that were asked for, or null.</param>
/// <param name="Passed">Nothing is missing, and the throughput was reached.</param>
public sealed record FetchReport(
    string Topic,
    int Partitions,
    int Connections,
    int Outstanding,
    double Seconds,
    long Messages,
    long Missing,
    int Rounds,
    double MessagesPerSecond,
    double MegabytesPerSecond,
    LatencySummary LatencyMs,
    double? MinThroughput,
    bool Passed);
