namespace Actors.Dashboard;

/// <summary>What the page says about the silo itself.</summary>
/// <param name="Name">Its name.</param>
/// <param name="NodeId">Its number.</param>
/// <param name="Version">Its program.</param>
/// <param name="Status">What it is doing: "Active".</param>
/// <param name="Reasons">Why it does not serve; empty when it does.</param>
/// <param name="Kafka">Where Kafka clients reach it.</param>
/// <param name="Uptime">Time since its process started.</param>
public sealed record SiloFacts(
    string Name, int NodeId, string Version, string Status, IReadOnlyList<string> Reasons, string Kafka, TimeSpan Uptime);
