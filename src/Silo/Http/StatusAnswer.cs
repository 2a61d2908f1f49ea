namespace Actors.Silo.Http;

/// <summary>Body of <c>/api/v1/status</c>: the cluster as this silo sees it.</summary>
/// <param name="Version">This silo's program.</param>
/// <param name="Silos">Every silo of the cluster, by node; of each node the last one.</param>
public sealed record StatusAnswer(string Version, IReadOnlyList<SiloStatus> Silos);

/// <summary>One silo; what is null is not known, because it does not answer.</summary>
/// <param name="Name">Its name.</param>
/// <param name="NodeId">Its number, also its Kafka broker id.</param>
/// <param name="Status">
/// What it says of itself: "Starting", "Active", "Stopping", or "Failed" when only a new process can mend it. What the others say of it
/// when it does not answer: "Unreachable", or "Dead" when it has left the cluster or was declared dead.
/// </param>
/// <param name="Reasons">Why it does not serve; empty when it does.</param>
/// <param name="Kafka">Where Kafka clients reach it, host:port.</param>
/// <param name="Http">Where HTTP clients reach it, host:port.</param>
/// <param name="UptimeSeconds">Seconds since its process started.</param>
public sealed record SiloStatus(
    string Name, int NodeId, string Status, IReadOnlyList<string> Reasons, string? Kafka, string? Http, double? UptimeSeconds);
