using Actors.AgentLoad.Checks;
using Actors.AgentLoad.Measures;
using Actors.AgentLoad.Running;

namespace Actors.Cli.Agents.Scale;

/// <summary>What a scale test found.</summary>
/// <param name="Passed">Whether everything was right.</param>
/// <param name="Problems">Why not, in sentences.</param>
/// <param name="Total">Agents and clients.</param>
/// <param name="Pass">Those without a failure.</param>
/// <param name="Fail">Those with one.</param>
/// <param name="Agents">How many of them are agents.</param>
/// <param name="Clients">How many are clients.</param>
/// <param name="Tunnels">Tunnels of all clients.</param>
/// <param name="Hubs">The hubs that were dialled.</param>
/// <param name="Processes">Processes that held connections.</param>
/// <param name="Seed">Makes the ids of the agents.</param>
/// <param name="ElapsedMs">Milliseconds of the whole run.</param>
/// <param name="TrafficMs">Milliseconds of the traffic.</param>
/// <param name="ReadyMs">Milliseconds until everybody was connected and knew everybody; null when that never was.</param>
/// <param name="Connections">Connections that were made, those that were made again among them.</param>
/// <param name="Reconnections">Connections after a peer's first.</param>
/// <param name="PutOff">Dials that a hub put off.</param>
/// <param name="BytesRead">Bytes that were read.</param>
/// <param name="BytesWritten">Bytes that were written.</param>
/// <param name="BytesExpected">Bytes of the records that the connections at the end had to read at least.</param>
/// <param name="ShortConnections">Connections that read less than was expected of them.</param>
/// <param name="MostMissingBytes">Bytes that are missing on the connection where most are.</param>
/// <param name="LastByteAgeMs">Age of the last byte of each connection, at the end.</param>
/// <param name="Updates">Updates that were sent during the traffic.</param>
/// <param name="Unsettled">Records on their way at the end, each once for each peer that has to be told.</param>
/// <param name="UpdatesPerSecond">A second of the traffic.</param>
/// <param name="DeliveriesPerSecond">Updates that somebody was told during the run, a second of the traffic.</param>
/// <param name="Checks">What became of updates, those of the start included.</param>
/// <param name="ConnectMs">From the moment that a peer was to be connected to its first welcome, dials that were put off and waiting for its turn included.</param>
/// <param name="ReconnectMs">From the break of a connection to the welcome on the next one.</param>
/// <param name="DialMs">The dials that came to a welcome, by themselves.</param>
/// <param name="DeliveryMs">From sending an update to reading it.</param>
/// <param name="LatenessMs">How late this side sent what was due.</param>
/// <param name="DueUpdates">Updates that were due by the clock.</param>
/// <param name="PacedUpdates">Of these, those that had their turn.</param>
/// <param name="BusyShare">The part of the traffic's time, 0 to 1, in which this side's busiest thread did not wait.</param>
/// <param name="LoadWasLimit">The figures are those of the load, not of the hub: no pass.</param>
/// <param name="FailureCounts">Failures by kind.</param>
/// <param name="Failures">The first of them.</param>
internal sealed record ScaleReport(
    bool Passed,
    IReadOnlyList<string> Problems,
    int Total,
    int Pass,
    int Fail,
    int Agents,
    int Clients,
    int Tunnels,
    IReadOnlyList<string> Hubs,
    int Processes,
    ulong Seed,
    double ElapsedMs,
    double TrafficMs,
    double? ReadyMs,
    long Connections,
    long Reconnections,
    long PutOff,
    long BytesRead,
    long BytesWritten,
    long BytesExpected,
    int ShortConnections,
    long MostMissingBytes,
    LatencyPercentiles LastByteAgeMs,
    long Updates,
    long Unsettled,
    double UpdatesPerSecond,
    double DeliveriesPerSecond,
    CheckCounts Checks,
    LatencyPercentiles ConnectMs,
    LatencyPercentiles ReconnectMs,
    LatencyPercentiles DialMs,
    LatencyPercentiles DeliveryMs,
    LatencyPercentiles LatenessMs,
    long DueUpdates,
    long PacedUpdates,
    double BusyShare,
    bool LoadWasLimit,
    IReadOnlyDictionary<string, long> FailureCounts,
    IReadOnlyList<LoadFailure> Failures);
