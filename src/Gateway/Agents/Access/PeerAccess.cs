using System.Security.Cryptography;
using Actors.Agents.Messages;
using Actors.Grains;
using Actors.Grains.Agents;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Actors.Gateway.Agents;

/// <summary>
/// Who may connect, and as whom. As long as the cluster has no key nobody can have a token, and whoever is on this machine may connect;
/// from the first key on everybody needs one. Safe to use from any thread.
/// </summary>
/// <param name="keys">What the cluster knows of tokens.</param>
/// <param name="resumes">Signs resume tokens while the cluster has no key.</param>
/// <param name="ids">Gives clients ids that nobody can guess: who knew one could point a tunnel at it.</param>
/// <param name="options">Says how long a resume token is good.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told whether tokens are needed.</param>
internal sealed class PeerAccess(
    IAgentKeys keys, ResumeSecret resumes, IdSource ids, AgentsGatewayOptions options, TimeProvider time, ILogger<PeerAccess> logger)
{
    /// <summary>The header in which a client brings its resume token.</summary>
    public const string ResumeHeader = "Actors-Resume";

    private int _told = -1;

    /// <summary>An agent dials.</summary>
    /// <returns>Its pass, or null and the answer's status.</returns>
    public PeerPass? AdmitAgent(HttpContext context, Guid agent, out int status, out string reason)
    {
        if (!TryRead(context, AgentTokenKind.Agent, out var claims, out status, out reason))
            return null;
        if (claims is null || claims.Subject == agent)
            return new PeerPass(agent, PeerRole.Agent, claims);
        (status, reason) = (StatusCodes.Status404NotFound, "There is no such agent, or the token is not for it.");
        return null;
    }

    /// <summary>A client dials.</summary>
    /// <returns>Its pass, or null and the answer's status.</returns>
    public PeerPass? AdmitClient(HttpContext context, out int status, out string reason) =>
        TryRead(context, AgentTokenKind.Client, out var claims, out status, out reason)
            ? new PeerPass(PeerOf(context, claims) ?? ids.NextGuid(), PeerRole.Client, claims)
            : null;

    /// <summary>Whether what a pass says still holds: its token is neither over nor revoked, nor missing where one is needed by now.</summary>
    public bool Holds(PeerPass pass) => pass.Claims is { } claims
        ? claims.ExpiresAtUtcMs > NowUtcMs() && !keys.IsRevoked(claims.TokenId)
        : keys.Tokens is null;

    /// <summary>With what a client comes back as the same peer.</summary>
    public ResumeMessage IssueResume(PeerPass pass)
    {
        var expiresAtUtcMs = NowUtcMs() + (long)options.ResumeFor.TotalMilliseconds;
        var token = (keys.Tokens ?? resumes.Tokens).Issue(new AgentTokenClaims
        {
            Kind = AgentTokenKind.Resume,
            TokenId = ids.NextGuid(),
            Subject = pass.Id,
            ExpiresAtUtcMs = expiresAtUtcMs,
            Agents = pass.Claims is { } claims ? HoldersOf(claims) : [],
        });
        return new ResumeMessage { Token = token, ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds(expiresAtUtcMs) };
    }

    /// <summary>Says in the log which of the two holds, when that has changed.</summary>
    public void TellOnce()
    {
        var isNeeded = keys.Tokens is null ? 0 : 1;
        if (Interlocked.Exchange(ref _told, isNeeded) == isNeeded)
            return;
        if (isNeeded == 1)
            AgentsLog.TokensNeeded(logger);
        else
            AgentsLog.LoopbackOnly(logger);
    }

    private bool TryRead(HttpContext context, AgentTokenKind kind, out AgentTokenClaims? claims, out int status, out string reason)
    {
        TellOnce();
        claims = null;
        status = StatusCodes.Status401Unauthorized;
        if (keys.Tokens is null)
        {
            reason = Caller.ProxyHeaderOf(context) is { } header
                ? $"A proxy has passed this on ({header}), and as long as no token was ever issued only this machine itself may connect. "
                : "No token was ever issued, so only this machine may connect. ";
            reason += "'actors agents token create' issues tokens.";
            return Caller.IsLocal(context);
        }

        var bearer = Caller.BearerOf(context);
        reason = bearer is null
            ? "A token is needed: Authorization: Bearer …."
            : "The token is not good: it is none of this cluster's, is for something else, has run out or was revoked.";
        return keys.Check(bearer, kind, NowUtcMs(), out claims);
    }

    /// <summary>
    /// For whom a resume token is: who the client's token is issued to, and what it reaches, as a hash. With another reach it is another
    /// peer: as the same one it would have tunnels that it may not open.
    /// </summary>
    private static Guid[] HoldersOf(AgentTokenClaims client)
    {
        var reach = new byte[1 + (16 * client.Agents.Count)];
        reach[0] = client.IsForAllAgents ? (byte)1 : (byte)0;
        foreach (var (index, agent) in client.Agents.Order().Index())
            agent.TryWriteBytes(reach.AsSpan(1 + (16 * index)));
        return [client.Subject, new Guid(SHA256.HashData(reach).AsSpan(0, 16))];
    }

    /// <summary>The peer that a resume token names, if it was issued to the same client.</summary>
    private Guid? PeerOf(HttpContext context, AgentTokenClaims? client)
    {
        var header = context.Request.Headers[ResumeHeader];
        if (header.Count != 1
            || (keys.Tokens ?? resumes.Tokens).Read(header[0], AgentTokenKind.Resume, NowUtcMs(), out var resume) != AgentTokenRefusal.None)
        {
            return null;
        }

        return resume!.Agents.SequenceEqual(client is null ? [] : HoldersOf(client)) ? resume.Subject : null;
    }

    private long NowUtcMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
