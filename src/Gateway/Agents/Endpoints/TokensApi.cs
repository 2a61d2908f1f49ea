using System.Text.Json;
using Actors.Grains;
using Actors.Grains.Agents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Gateway.Agents;

/// <summary><c>/api/v1/agents/tokens</c>: issues, lists and revokes tokens. Whoever may do so may do everything, so it takes the silo's secret.</summary>
internal static class TokensApi
{
    private const int MaxBodyBytes = 64 * 1_024;

    /// <summary>Ten years.</summary>
    private const long MaxValidSeconds = 10L * 366 * 24 * 3_600;

    /// <summary>Adds the addresses.</summary>
    public static void MapTokensApi(this IEndpointRouteBuilder endpoints)
    {
        const string Path = "/api/v1/agents/tokens";
        endpoints.MapGet(Path, static context => AnswerAsync(context, ListAsync));
        endpoints.MapPost(Path, static context => AnswerAsync(context, CreateAsync));
        endpoints.MapDelete(Path + "/{id:guid}", static context => AnswerAsync(context, RevokeAsync));
    }

    private static Task AnswerAsync(HttpContext context, Func<HttpContext, Task<IResult>> answer) => AgentsApi.AnswerAsync(
        context, context.RequestServices.GetRequiredService<OperatorAccess>().RefuseManaging(context), answer);

    private static async Task<IResult> ListAsync(HttpContext context)
    {
        var query = new ApiQuery(context.Request.Query);
        var (after, max) = (query.Id("after"), query.Page("limit", IAgentTokenRows.MaxPage));
        if (query.Mistakes() is { Count: > 0 } mistakes)
            return AgentsApi.Wrong(mistakes);
        var tokens = await Keys(context).ListAsync(after, max, context.RequestAborted);
        return TypedResults.Json(
            new TokensAnswer([.. tokens.Select(TokenAnswer.Of)], tokens.Count == max ? tokens[^1].TokenId.ToString("D") : null),
            AgentsApiJson.Default.TokensAnswer);
    }

    private static async Task<IResult> CreateAsync(HttpContext context)
    {
        // A page in a browser can send this type to another site only if that site says that it may.
        if (!context.Request.HasJsonContentType())
            return AgentsApi.Refuse(StatusCodes.Status415UnsupportedMediaType, "no JSON", ["The body is JSON (application/json)."]);
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = MaxBodyBytes;
        TokenWish? wish;
        try
        {
            wish = await context.Request.ReadFromJsonAsync(AgentsApiJson.Default.TokenWish, context.RequestAborted);
        }
        catch (JsonException malformed)
        {
            return AgentsApi.Wrong([$"The body is not what it has to be: {malformed.Message}"]);
        }
        catch (BadHttpRequestException broken)
        {
            return AgentsApi.Refuse(broken.StatusCode, "no body", [$"The body did not arrive, or has more than {MaxBodyBytes} bytes."]);
        }

        List<string> mistakes = wish is null ? ["The body is an object."] : [.. Mistakes(wish)];
        if (mistakes.Count > 0)
            return AgentsApi.Wrong(mistakes);
        return await IssueAsync(context, wish!);
    }

    private static IEnumerable<string> Mistakes(TokenWish wish)
    {
        if (wish.ValidSeconds is < 1 or > MaxValidSeconds)
            yield return $"validSeconds is a number from 1 to {MaxValidSeconds}.";
        if (wish.Subject == Guid.Empty || (wish.Subject is not null && wish.Kind == "agent"))
            yield return "subject is who a token for a client or an operator is issued to, and not all zeros.";
        switch (wish.Kind)
        {
            case "agent":
                if (wish.Agent is null || wish.Agent == Guid.Empty || wish.Agents is not null || wish.AllAgents)
                    yield return "A token for an agent has 'agent', which is not all zeros, and neither 'agents' nor 'allAgents'.";
                break;
            case "client":
                if (wish.Agent is not null || wish.AllAgents == wish.Agents is { Count: > 0 })
                    yield return "A token for a client has either 'agents', of which there is at least one, or 'allAgents', and no 'agent'.";
                if (wish.Agents is { Count: > AgentTokens.MaxAgents })
                    yield return $"A token names at most {AgentTokens.MaxAgents} agents.";
                break;
            case "operator":
                if (wish.Agent is not null || wish.Agents is not null || wish.AllAgents)
                    yield return "A token for an operator has neither 'agent' nor 'agents' nor 'allAgents'.";
                break;
            default:
                yield return "kind is 'agent', 'client' or 'operator'.";
                break;
        }
    }

    private static async Task<IResult> IssueAsync(HttpContext context, TokenWish wish)
    {
        var services = context.RequestServices;
        var (keys, ids) = (Keys(context), services.GetRequiredService<IdSource>());
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var claims = new AgentTokenClaims
        {
            Kind = Enum.Parse<AgentTokenKind>(wish.Kind, ignoreCase: true),
            TokenId = ids.NextGuid(),
            Subject = wish.Agent ?? wish.Subject ?? ids.NextGuid(),
            ExpiresAtUtcMs = now.AddSeconds(wish.ValidSeconds).ToUnixTimeMilliseconds(),
            IsForAllAgents = wish.AllAgents,
            Agents = wish.Agents ?? [],
        };
        var tokens = await keys.EnsureAsync(context.RequestAborted);
        await keys.IssuedAsync(claims, context.RequestAborted);
        return TypedResults.Json(
            new NewTokenAnswer(
                tokens.Issue(claims), claims.TokenId, wish.Kind, claims.Subject, DateTimeOffset.FromUnixTimeMilliseconds(claims.ExpiresAtUtcMs)),
            AgentsApiJson.Default.NewTokenAnswer,
            statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> RevokeAsync(HttpContext context) =>
        await Keys(context).RevokeAsync(Guid.Parse((string)context.Request.RouteValues["id"]!), context.RequestAborted)
            ? TypedResults.NoContent()
            : AgentsApi.Refuse(StatusCodes.Status404NotFound, "unknown", ["No token of this id was issued, or it ran out long ago. 'actors agents token list' shows the ids."]);

    private static IAgentKeys Keys(HttpContext context) => context.RequestServices.GetRequiredService<IAgentKeys>();
}
