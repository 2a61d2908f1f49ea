using Actors.Grains.Agents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Gateway.Agents;

/// <summary><c>DELETE /api/v1/agents/{id}</c>: takes an agent that is gone for good off the lists. As what looks after tokens it takes the silo's secret.</summary>
internal static class ForgetApi
{
    /// <summary>Adds the address.</summary>
    public static void MapForgetApi(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapDelete("/api/v1/agents/{id:guid}", static context => AgentsApi.AnswerAsync(
            context, context.RequestServices.GetRequiredService<OperatorAccess>().RefuseManaging(context), ForgetAsync));

    /// <summary>The grain knows of a connection whose heartbeats the store has not seen for a while; the store, of one whose end it has not seen yet.</summary>
    private static async Task<IResult> ForgetAsync(HttpContext context)
    {
        var id = Guid.Parse((string)context.Request.RouteValues["id"]!);
        if (await ExplainApi.DescribeAsync(context, id) is not { } known)
            return ExplainApi.NotReached(context);
        var outcome = known.Announcement.Kind is PeerKind.Connected or PeerKind.Node
            ? ForgetOutcome.Connected
            : await context.RequestServices.GetRequiredService<IAgentQueries>().ForgetAsync(id, context.RequestAborted);
        return outcome switch
        {
            ForgetOutcome.Forgotten => TypedResults.NoContent(),
            ForgetOutcome.Unknown => AgentsApi.Unknown(),
            _ => AgentsApi.Refuse(StatusCodes.Status409Conflict, "connected", ["This agent is connected, or was a moment ago; only one that is away is forgotten. Stop it first."]),
        };
    }
}
