namespace Actors.Cli.Bench;

/// <summary>Result of <c>bench idle</c>.</summary>
/// <param name="Topic">The topic that was waited for.</param>
/// <param name="Partitions">Its partitions.</param>
/// <param name="Connections">Connections that were asked for.</param>
/// <param name="Outstanding">Long polls that wait on each.</param>
/// <param name="Opened">Connections that came about.</param>
/// <param name="Held">Connections that were still open at the end.</param>
/// <param name="Seconds">How long they were held.</param>
/// <param name="Polls">Long polls that were answered.</param>
/// <param name="ConnectMs">From dialling to the broker's versions.</param>
/// <param name="Server">What the silo's process took meanwhile; null when it cannot be asked.</param>
/// <param name="Producer">What a producer beside them achieved; null when none was asked for.</param>
/// <param name="Errors">What broke connections or polls, and how often.</param>
/// <param name="MinThroughput">Messages a second that were asked of the producer, or null.</param>
/// <param name="Passed">All were opened and held, no poll failed, and the producer reached its throughput.</param>
public sealed record IdleReport(
    string Topic,
    int Partitions,
    int Connections,
    int Outstanding,
    int Opened,
    int Held,
    double Seconds,
    long Polls,
    LatencySummary ConnectMs,
    ServerCost? Server,
    ProduceReport? Producer,
    IReadOnlyDictionary<string, long> Errors,
    double? MinThroughput,
    bool Passed);
