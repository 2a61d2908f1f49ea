namespace Actors.Storage.Heat.Prometheus;

/// <summary>Where Prometheus is and how it is asked.</summary>
public sealed record PrometheusOptions
{
    /// <summary>Its address, with its path when it has one. A redirect is not followed.</summary>
    public Uri Address { get; init; } = new("http://prometheus.monitoring.svc.cluster.local:9090");

    /// <summary>How long one query may take, with the wait for its turn and the reading of the answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an answer is used again, counted from the moment at which it was asked for. An answer that failed is not.</summary>
    public TimeSpan CacheLifetime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest answer that is read. Bytes.</summary>
    public long MaxAnswerBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Queries that are on their way at once; others wait for their turn. 1 or more.</summary>
    public int MaxConcurrentQueries { get; init; } = 8;
}
