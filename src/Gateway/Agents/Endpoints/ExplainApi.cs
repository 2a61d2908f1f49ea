using Actors.Grains.Agents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Actors.Gateway.Agents;

/// <summary><c>/api/v1/agents/{id}/explain</c>: what one peer's grain knows, for whoever asks why somebody was not told something.</summary>
internal static class ExplainApi
{
    /// <summary>How long a grain may take; the silo that it was on may have just died.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>A grain that was not active reads its rows meanwhile.</summary>
    private static readonly TimeSpan ReadPause = TimeSpan.FromMilliseconds(50);

    private const int MaxReadPauses = 20;

    /// <summary>Adds the address.</summary>
    public static void MapExplainApi(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/api/v1/agents/{id:guid}/explain", static context => AgentsApi.AnswerAsync(
            context, context.RequestServices.GetRequiredService<OperatorAccess>().RefuseManaging(context), ExplainAsync));

    /// <summary>Asking wakes the grain of whatever id, so it is for those who know the silo's secret.</summary>
    private static async Task<IResult> ExplainAsync(HttpContext context)
    {
        var id = Guid.Parse((string)context.Request.RouteValues["id"]!);
        return await DescribeAsync(context, id) is { } known ? TypedResults.Json(ExplainAnswer.Of(id, known), ExplainJson.Default.ExplainAnswer) : NotReached(context);
    }

    /// <summary>What a peer's grain knows, its rows included; null when it is not reached.</summary>
    public static async Task<PeerDescription?> DescribeAsync(HttpContext context, Guid id)
    {
        var services = context.RequestServices;
        var time = services.GetRequiredService<TimeProvider>();
        var peer = services.GetRequiredService<ConnectionServices>().GrainOf(id);
        try
        {
            var known = await peer.Describe().WaitAsync(Patience, time, context.RequestAborted);
            for (var pauses = 0; !known.AreRowsRead && pauses < MaxReadPauses; pauses++)
            {
                await Task.Delay(ReadPause, time, context.RequestAborted);
                known = await peer.Describe().WaitAsync(Patience, time, context.RequestAborted);
            }

            return known;
        }
        catch (Exception failure) when (failure is TimeoutException or OrleansException)
        {
            return null;
        }
    }

    /// <summary>The answer where it is not.</summary>
    public static IResult NotReached(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "1";
        return AgentsApi.Refuse(StatusCodes.Status503ServiceUnavailable, "not ready", ["The peer's grain is not reached; its silo may have just ended."]);
    }
}
