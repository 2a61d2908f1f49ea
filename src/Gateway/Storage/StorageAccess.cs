using Actors.Gateway.Agents;
using Microsoft.AspNetCore.Http;

namespace Actors.Gateway.Storage;

/// <summary>Who may change policies and have volumes move. Safe to use from any thread.</summary>
/// <param name="secret">The silo's secret.</param>
internal sealed class StorageAccess(HubSecret secret)
{
    /// <summary>Whether the caller may: it knows the silo's secret, and is on the silo's machine.</summary>
    /// <returns>Null, or the refusal.</returns>
    public IResult? RefuseChanging(HttpContext context)
    {
        if (!Caller.IsLocal(context) || Caller.IsForeignPage(context))
        {
            return AgentsApi.Refuse(
                StatusCodes.Status403Forbidden, "not allowed", ["Policies are changed, and volumes moved, on the machine of a silo, by an address such as 127.0.0.1 and through no proxy."]);
        }

        if (secret.IsKnownTo(Caller.BearerOf(context))) return null;
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return AgentsApi.Refuse(
            StatusCodes.Status401Unauthorized,
            "unauthorized",
            ["Who changes policies, or has volumes move, knows this silo's secret: the text of the file agents.secret in its data folder, sent as Authorization: Bearer …."]);
    }
}
