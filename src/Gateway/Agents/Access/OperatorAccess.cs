using Actors.Grains.Agents;
using Microsoft.AspNetCore.Http;

namespace Actors.Gateway.Agents;

/// <summary>Who may look after tokens, and who may ask about agents. Safe to use from any thread.</summary>
/// <param name="secret">The silo's secret.</param>
/// <param name="keys">What the cluster knows of tokens.</param>
/// <param name="time">The clock.</param>
internal sealed class OperatorAccess(HubSecret secret, IAgentKeys keys, TimeProvider time)
{
    /// <summary>Whether the caller may issue, list and revoke tokens, have agents forgotten, and wake peers' grains to explain them: it knows the silo's secret, and is on the silo's machine.</summary>
    /// <returns>Null, or the refusal.</returns>
    public IResult? RefuseManaging(HttpContext context)
    {
        if (!Caller.IsLocal(context) || Caller.IsForeignPage(context))
        {
            return AgentsApi.Refuse(
                StatusCodes.Status403Forbidden, "not allowed", ["Tokens are looked after, agents forgotten and peers explained on the machine of a silo, by an address such as 127.0.0.1 and through no proxy."]);
        }

        return secret.IsKnownTo(Caller.BearerOf(context)) ? null : Unauthorized(
            context, "Who looks after tokens, or has agents forgotten or peers explained, knows this silo's secret: the text of the file agents.secret in its data folder, sent as Authorization: Bearer ….");
    }

    /// <summary>Whether the caller may ask about agents: as long as there are no tokens everybody may.</summary>
    /// <returns>Null, or the refusal.</returns>
    public IResult? RefuseAsking(HttpContext context)
    {
        if (keys.Tokens is null)
            return null;
        var bearer = Caller.BearerOf(context);
        if (secret.IsKnownTo(bearer) || keys.Check(bearer, AgentTokenKind.Operator, time.GetUtcNow().ToUnixTimeMilliseconds(), out _))
            return null;
        return Unauthorized(context, "A token is needed: Authorization: Bearer …. 'actors agents token create --operator' issues one; the silo's own secret does as well.");
    }

    private static IResult Unauthorized(HttpContext context, string sentence)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return AgentsApi.Refuse(StatusCodes.Status401Unauthorized, "unauthorized", [sentence]);
    }
}
