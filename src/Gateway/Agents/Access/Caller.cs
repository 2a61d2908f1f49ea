using System.Net;
using Microsoft.AspNetCore.Http;

namespace Actors.Gateway.Agents;

/// <summary>What a request says of where it comes from.</summary>
internal static class Caller
{
    private const string Scheme = "Bearer ";

    /// <summary>Headers that proxies add; who comes through one seems to be on the proxy's machine.</summary>
    private static readonly string[] ProxyHeaders =
        ["Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Server", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Real-IP"];

    /// <summary>What stands behind "Bearer"; null when there is none.</summary>
    public static string? BearerOf(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;
    }

    /// <summary>Whether the other end is on this machine, as far as one can see: by its address, by the name that it uses, and through no proxy.</summary>
    public static bool IsLocal(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote) && IsLocalName(context.Request.Host.Host) && ProxyHeaderOf(context) is null;

    /// <summary>The header by which a proxy shows that it passed the request on; null when none does.</summary>
    public static string? ProxyHeaderOf(HttpContext context) => Array.Find(ProxyHeaders, context.Request.Headers.ContainsKey);

    /// <summary>Whether a browser asks for a page of another site.</summary>
    public static bool IsForeignPage(HttpContext context)
    {
        var origin = context.Request.Headers.Origin;
        return origin.Count > 0
            && !(Uri.TryCreate(origin[0], UriKind.Absolute, out var page) && page.Authority.Equals(context.Request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsLocalName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
