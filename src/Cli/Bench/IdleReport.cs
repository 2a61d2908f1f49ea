namespace Actors.Cli.Bench;

/// <summary>Result of <c>bench idle</c>.</summary>
/// <param name="Topic">The topic that was waited for.</param>
/// <param name="Connections">Connections that were asked for.</param>
/// <param name="Opened">Connections that came about.</param>
/// <param name="Held">Connections that were still open at the end.</param>
/// <param name="Seconds">How long they were held.</param>
/// <param name="Polls">Long polls that were answered.</param>
/// <param name="ConnectMs">From dialling to the broker's versions.</param>
/// <param name="Errors">What broke connections or polls, and how often.</param>
/// <param name="Passed">All were opened and held, and no poll failed.</param>
public sealed record IdleReport(
    string Topic,
    int Connections,
    int Opened,
    int Held,
    double Seconds,
    long Polls,
    LatencySummary ConnectMs,
    IReadOnlyDictionary<string, long> Errors,
    bool Passed);
