using Actors.Silo.Health;

namespace Actors.Silo.Http;

/// <summary>Keeps requests away from parts that are not started yet: 503 with a reason until the silo is active.</summary>
/// <param name="next">What comes after the gate.</param>
/// <param name="health">Says whether the silo is active.</param>
public sealed class ReadyGate(RequestDelegate next, SiloHealth health)
{
    /// <summary>Lets a request through, or answers it.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var isOpen = health.Phase == SiloPhase.Active
            || context.GetEndpoint() is not { } endpoint
            || endpoint.Metadata.GetMetadata<AnswersAlwaysAttribute>() is not null;
        if (isOpen) return next(context);
        context.Response.Headers.RetryAfter = "1";
        return TypedResults
            .Json(new HealthAnswer("not ready", health.Reasons()), HttpJson.Default.HealthAnswer, statusCode: StatusCodes.Status503ServiceUnavailable)
            .ExecuteAsync(context);
    }
}
