namespace Actors.Storage.Heat.Prometheus;

/// <summary>A query that was asked, and its answer when it has come.</summary>
/// <param name="Answer">Never fails: what went wrong is in the answer.</param>
/// <param name="Timestamp">When it was asked, by the monotonic clock.</param>
/// <param name="AtMs">When it was asked, in milliseconds since 1970.</param>
internal sealed record PrometheusQuestion(Task<PrometheusAnswer> Answer, long Timestamp, long AtMs);
