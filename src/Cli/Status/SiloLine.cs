namespace Actors.Cli.Status;

/// <summary>One silo in <c>status</c>.</summary>
/// <param name="Name">Its name; made of its number where only Kafka could be asked.</param>
/// <param name="NodeId">Its number, which is its Kafka broker id.</param>
/// <param name="Status">
/// What it says of itself (Starting, Active, Stopping, Failed), or what the silo that was asked says of it (Unreachable, Dead); where only
/// Kafka could be asked, Active when its Kafka port answers, or Unreachable.
/// </param>
/// <param name="Reasons">Why it does not serve, in its own words; empty when it does.</param>
/// <param name="Kafka">Where Kafka clients reach it, or null when unknown.</param>
/// <param name="Http">Where HTTP clients reach it, or null when unknown.</param>
/// <param name="UptimeSeconds">Seconds since it started, or null when unknown.</param>
/// <param name="IsController">Whether it creates topics and elects leaders.</param>
public sealed record SiloLine(
    string Name, int NodeId, string Status, IReadOnlyList<string> Reasons, string? Kafka, string? Http, double? UptimeSeconds, bool IsController);
