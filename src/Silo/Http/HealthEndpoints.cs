using Actors.Silo.Health;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Actors.Silo.Http;

/// <summary><c>/healthz</c> says whether the process is worth keeping, <c>/readyz</c> whether it serves.</summary>
public static class HealthEndpoints
{
    /// <summary>Adds both.</summary>
    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/healthz", static (HttpContext context) =>
        {
            var health = context.RequestServices.GetRequiredService<SiloHealth>();
            var isAlive = health.IsAlive;
            string[] reasons = isAlive ? [] : [.. health.Reasons()];
            return Answer(isAlive, new(isAlive ? "alive" : "failed", reasons));
        });
        endpoints.MapGet("/readyz", static (HttpContext context) =>
        {
            var health = context.RequestServices.GetRequiredService<SiloHealth>();
            var isReady = health.IsReady;
            var reasons = health.Reasons(); // of a silo that serves nevertheless too, such as a store that is away
            return Answer(isReady, new(isReady ? "ready" : "not ready", reasons));
        });
    }

    private static JsonHttpResult<HealthAnswer> Answer(bool isGood, HealthAnswer answer) => TypedResults.Json(
        answer,
        HttpJson.Default.HealthAnswer,
        statusCode: isGood ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
}
