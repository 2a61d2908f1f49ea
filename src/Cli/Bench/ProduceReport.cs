namespace Actors.Cli.Bench;

/// <summary>Result of <c>bench produce</c>.</summary>
/// <param name="Topic">The topic that was written to.</param>
/// <param name="Partitions">Its partitions.</param>
/// <param name="Connections">Connections that wrote.</param>
/// <param name="Outstanding">Requests in flight on each.</param>
/// <param name="Size">Bytes of a message's value.</param>
/// <param name="Batch">Messages in a request.</param>
/// <param name="Acks">0, 1 or all.</param>
/// <param name="Seconds">From the first request to the last answer.</param>
/// <param name="Messages">Messages that were acknowledged (with acks 0: sent).</param>
/// <param name="MessagesPerSecond">Of those.</param>
/// <param name="MegabytesPerSecond">Bytes of their values, in units of 1,000,000.</param>
/// <param name="LatencyMs">From a request to its answer.</param>
/// <param name="Errors">How often a broker refused, by error.</param>
/// <param name="MinThroughput">Messages a second that were asked for, or null.</param>
/// <param name="Passed">No errors, and the throughput was reached.</param>
public sealed record ProduceReport(
    string Topic,
    int Partitions,
    int Connections,
    int Outstanding,
    int Size,
    int Batch,
    string Acks,
    double Seconds,
    long Messages,
    double MessagesPerSecond,
    double MegabytesPerSecond,
    LatencySummary LatencyMs,
    IReadOnlyDictionary<string, long> Errors,
    double? MinThroughput,
    bool Passed);
