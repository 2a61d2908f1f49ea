using Actors.Silo.Health;
using Actors.Silo.Hosting;

namespace Actors.Silo.Http;

/// <summary><c>/api/v1/status</c>: the silos of the cluster; answers in every phase.</summary>
public static class StatusEndpoint
{
    /// <summary>Adds it.</summary>
    public static void MapStatus(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/api/v1/status", static (HttpContext context) =>
        {
            var services = context.RequestServices;
            var (silo, health) = (services.GetRequiredService<SiloIdentity>(), services.GetRequiredService<SiloHealth>());
            var status = new SiloStatus(
                silo.Name,
                silo.NodeId,
                health.Status,
                health.Reasons(),
                silo.KafkaAddress,
                silo.HttpAddress,
                Math.Round(silo.Uptime.TotalSeconds, 1));
            return TypedResults.Json(new StatusAnswer(silo.Version, [status]), HttpJson.Default.StatusAnswer);
        });
}
