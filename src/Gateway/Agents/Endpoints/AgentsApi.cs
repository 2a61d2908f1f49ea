using Actors.Agents;
using Actors.Grains.Agents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Gateway.Agents;

/// <summary><c>/api/v1/agents…</c>: what people ask about agents; docs/agents.md has the parameters. Any silo answers for all.</summary>
internal static class AgentsApi
{
    /// <summary>Adds the addresses.</summary>
    public static void MapAgentsApi(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/api/v1/agents", static context => AnswerAsync(context, ListAsync));
        endpoints.MapGet("/api/v1/agents/status", static context => AnswerAsync(context, StatusAsync));
        endpoints.MapGet("/api/v1/agents/connections", static context => AnswerAsync(context, ConnectionsAsync));
        endpoints.MapGet("/api/v1/agents/{id:guid}", static context => AnswerAsync(context, OneAsync));
        endpoints.MapGet("/api/v1/agents/{id:guid}/metadata", static context => AnswerAsync(context, MetadataAsync));
    }

    /// <summary>A list's answer, or what is wrong with the question.</summary>
    public static IResult Wrong(IReadOnlyList<string> mistakes) => Refuse(StatusCodes.Status400BadRequest, "wrong parameters", mistakes);

    /// <summary>An answer that is none of what was asked for.</summary>
    public static IResult Refuse(int status, string what, IReadOnlyList<string> reasons) =>
        TypedResults.Json(new RefusalAnswer(what, reasons), AgentsApiJson.Default.RefusalAnswer, statusCode: status);

    /// <summary>The answer about an agent that there is not.</summary>
    public static IResult Unknown() => Refuse(StatusCodes.Status404NotFound, "unknown", ["There is no such agent."]);

    /// <summary>Refuses, or answers, or says that the store is away.</summary>
    /// <param name="context">The request.</param>
    /// <param name="refusal">Why there is no answer; null when there is one.</param>
    /// <param name="answer">Answers.</param>
    public static async Task AnswerAsync(HttpContext context, IResult? refusal, Func<HttpContext, Task<IResult>> answer)
    {
        IResult result;
        try
        {
            result = refusal ?? await answer(context);
        }
        catch (AgentStoreException failure)
        {
            context.Response.Headers.RetryAfter = "1";
            result = Refuse(StatusCodes.Status503ServiceUnavailable, "not ready", [failure.Message]);
        }

        await result.ExecuteAsync(context);
    }

    private static Task AnswerAsync(HttpContext context, Func<HttpContext, Task<IResult>> answer) => AnswerAsync(
        context, context.RequestServices.GetRequiredService<OperatorAccess>().RefuseAsking(context), answer);

    private static async Task<IResult> ListAsync(HttpContext context)
    {
        var query = new ApiQuery(context.Request.Query);
        var filter = new AgentFilter
        {
            After = query.Id("after"),
            Max = query.Page("limit", AgentFilter.MaxPage),
            Status = query.Choice<AgentStatus>("status", AgentAnswer.NameOf),
            Lifecycle = query.Choice<AgentLifecycle>("lifecycle", static state => AgentsApiJson.NameOf(state)),
        };
        if (query.Mistakes() is { Count: > 0 } mistakes)
            return Wrong(mistakes);
        var agents = await Queries(context).ListAsync(filter, context.RequestAborted);
        return TypedResults.Json(
            new AgentsAnswer([.. agents.Select(AgentAnswer.Of)], agents.Count == filter.Max ? agents[^1].Record.Id.ToString("D") : null),
            AgentsApiJson.Default.AgentsAnswer);
    }

    private static async Task<IResult> StatusAsync(HttpContext context)
    {
        var counts = await Queries(context).CountAsync(context.RequestAborted);
        var services = context.RequestServices;
        return TypedResults.Json(
            new AgentsStatusAnswer(
                Enum.GetValues<AgentStatus>().ToDictionary(AgentAnswer.NameOf, counts.GetValueOrDefault),
                services.GetRequiredService<AgentSockets>().Taken,
                services.GetRequiredService<AgentDoor>().Limit.Allowed,
                services.GetRequiredService<IAgentKeys>().Tokens is not null),
            AgentsApiJson.Default.AgentsStatusAnswer);
    }

    private static async Task<IResult> OneAsync(HttpContext context) =>
        await Queries(context).FindAsync(IdOf(context), context.RequestAborted) is { } agent
            ? TypedResults.Json(AgentAnswer.Of(agent), AgentsApiJson.Default.AgentAnswer)
            : Unknown();

    private static async Task<IResult> MetadataAsync(HttpContext context)
    {
        var (queries, agent) = (Queries(context), IdOf(context));
        var values = await queries.MetadataAsync(agent, context.RequestAborted);
        if (values.Count == 0 && await queries.FindAsync(agent, context.RequestAborted) is null)
            return Unknown();
        return TypedResults.Json(new MetadataAnswer([.. values.Select(MetadataValueAnswer.Of)]), AgentsApiJson.Default.MetadataAnswer);
    }

    private static async Task<IResult> ConnectionsAsync(HttpContext context)
    {
        var query = new ApiQuery(context.Request.Query);
        var filter = new ConnectionFilter
        {
            Agent = query.Id("agent"),
            Type = query.Text("type"),
            Ip = query.Text("ip"),
            HasEnded = query.Flag("ended"),
            FromUtcMs = query.Moment("from"),
            BeforeUtcMs = query.Moment("before"),
            After = query.Cursor("after"),
            Max = query.Page("limit", ConnectionFilter.MaxPage),
        };
        if (query.Mistakes() is { Count: > 0 } mistakes)
            return Wrong(mistakes);
        var rows = await Queries(context).ConnectionsAsync(filter, context.RequestAborted);
        return TypedResults.Json(
            new ConnectionsAnswer([.. rows.Select(ConnectionAnswer.Of)], rows.Count == filter.Max ? ApiQuery.Write(ConnectionCursor.Of(rows[^1])) : null),
            AgentsApiJson.Default.ConnectionsAnswer);
    }

    private static IAgentQueries Queries(HttpContext context) => context.RequestServices.GetRequiredService<IAgentQueries>();

    /// <summary>The route lets nothing else through.</summary>
    private static Guid IdOf(HttpContext context) => Guid.Parse((string)context.Request.RouteValues["id"]!);
}
