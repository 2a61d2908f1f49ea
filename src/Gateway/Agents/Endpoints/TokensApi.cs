using System.Text.Json;
using Actors.Grains;
using Actors.Grains.Agents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Gateway.Agents;

/// <summary><c>/api/v1/agents/tokens</c>: issues, lists and revokes tokens. Whoever may do so may do everything, so it is for the silo's own machine only.</summary>
internal static class TokensApi
{
    private const int MaxBodyBytes = 64 * 1_024;

    /// <summary>Ten years.</summary>
    private const long MaxValidSeconds = 10L * 366 * 24 * 3_600;

    /// <summary>Adds the addresses.</summary>
    public static void MapTokensApi(this IEndpointRouteBuilder endpoints)
    {
        const string Path = "/api/v1/agents/tokens";
        endpoints.MapGet(Path, static context => AnswerLocalAsync(context, ListAsync));
        endpoints.MapPost(Path, static context => AnswerLocalAsync(context, CreateAsync));
        endpoints.MapDelete(Path + "/{id:guid}", static context => AnswerLocalAsync(context, RevokeAsync));
    }

    private static Task AnswerLocalAsync(HttpContext context, Func<HttpContext, Task<IResult>> answer) => AgentsApi.AnswerAsync(
        context,
        PeerAccess.IsLocal(context) && !PeerAccess.IsForeignPage(context)
            ? answer
            : static _ => Task.FromResult(AgentsApi.Refuse(
                StatusCodes.Status403Forbidden, "not allowed", ["Tokens are looked after on the machine of a silo, by an address such as 127.0.0.1."])));

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
            default:
                yield return "kind is 'agent' or 'client'.";
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
            Kind = wish.Kind == "agent" ? AgentTokenKind.Agent : AgentTokenKind.Client,
            TokenId = ids.NextGuid(),
            Subject = wish.Agent ?? ids.NextGuid(),
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

    /// <summary>Revokes a token, also one that nobody remembers; it is forgotten when no token of today can be good any more.</summary>
    private static async Task<IResult> RevokeAsync(HttpContext context)
    {
        var expiresAt = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().AddSeconds(MaxValidSeconds);
        await Keys(context).RevokeAsync(
            Guid.Parse((string)context.Request.RouteValues["id"]!), expiresAt.ToUnixTimeMilliseconds(), context.RequestAborted);
        return TypedResults.NoContent();
    }

    private static IAgentKeys Keys(HttpContext context) => context.RequestServices.GetRequiredService<IAgentKeys>();
}
