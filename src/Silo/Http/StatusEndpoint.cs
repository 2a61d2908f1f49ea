using Actors.Grains.Overview;
using Actors.Silo.Health;

namespace Actors.Silo.Http;

/// <summary><c>/api/v1/status</c>: the silos of the cluster; answers in every phase.</summary>
public static class StatusEndpoint
{
    /// <summary>Adds it.</summary>
    public static void MapStatus(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/api/v1/status", static async (HttpContext context) =>
        {
            var services = context.RequestServices;
            var own = services.GetRequiredService<ISiloDescriber>().Describe();
            var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
            SiloStatus[] silos = services.GetRequiredService<SiloHealth>().Phase switch
            {
                SiloPhase.Starting => [StatusOf(own, now)], // There is no runtime yet that could tell of others.
                SiloPhase.Stopping => StatusOf(services.GetRequiredService<ClusterReader>().ReadOwn(), now),
                _ => StatusOf(await services.GetRequiredService<ClusterReader>().ReadAsync(), now),
            };
            return TypedResults.Json(new StatusAnswer(own.Version, silos), HttpJson.Default.StatusAnswer);
        });

    private static SiloStatus[] StatusOf(ClusterReport cluster, DateTimeOffset now) => [.. cluster.Silos.Select(silo => silo.Report is { } report
        ? StatusOf(report.Silo, now)
        : new SiloStatus(silo.Name, silo.NodeId, silo.Status, silo.Reasons, Kafka: null, Http: null, UptimeSeconds: null))];

    private static SiloStatus StatusOf(SiloDescription silo, DateTimeOffset now) => new(
        silo.Name, silo.NodeId, silo.Status, silo.Reasons, silo.Kafka, silo.Http, Math.Round((now - silo.StartedAt).TotalSeconds, 1));
}
