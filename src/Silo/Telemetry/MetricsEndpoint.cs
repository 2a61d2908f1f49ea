namespace Actors.Silo.Telemetry;

/// <summary><c>/metrics</c>, for Prometheus.</summary>
public static class MetricsEndpoint
{
    /// <summary>Adds it.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/metrics", static (HttpContext context) =>
            context.RequestServices.GetRequiredService<PrometheusExporter>().Scrape() is { } text
                ? Results.Bytes(text, PrometheusText.ContentType)
                : Results.StatusCode(StatusCodes.Status503ServiceUnavailable));
}
