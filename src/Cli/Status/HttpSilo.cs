namespace Actors.Cli.Status;

/// <summary>A silo in the answer of <c>/api/v1/status</c>.</summary>
internal sealed record HttpSilo(string? Name, int NodeId, string? Status, IReadOnlyList<string>? Reasons, string? Kafka, string? Http, double? UptimeSeconds);
