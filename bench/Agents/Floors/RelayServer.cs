using System.Collections.Concurrent;
using System.Net.WebSockets;
using Actors.Agents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Actors.Bench.Agents.Floors;

/// <summary>
/// The least that the hub could be: WebSockets on Kestrel and a dictionary. Everybody who is connected stays so, nothing is checked, kept, timed or told
/// to another process; a peer's node record goes to those who share a tunnel with it.
/// </summary>
internal sealed class RelayServer
{
    private static readonly WebSocketAcceptContext Accepted = new() { SubProtocol = AgentProtocol.SubProtocol, KeepAliveInterval = Timeout.InfiniteTimeSpan };

    private int _clients;

    /// <summary>The peers that are connected.</summary>
    public ConcurrentDictionary<Guid, RelayPeer> Peers { get; } = new();

    /// <summary>Answers where the hub does.</summary>
    public static void Map(WebApplication application)
    {
        var server = new RelayServer();
        application.UseWebSockets();
        application.MapGet("/agents/{id}/connect", (HttpContext context) => server.ServeAsync(context, Guid.Parse((string)context.Request.RouteValues["id"]!)));
        application.MapGet("/clients/connect", (HttpContext context) => server.ServeAsync(context, new Guid(Interlocked.Increment(ref server._clients), 0, 0, new byte[8])));
    }

    private async Task ServeAsync(HttpContext context, Guid id)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync(Accepted);
        var peer = new RelayPeer(id, socket, this);
        Peers[id] = peer;
        try
        {
            await peer.RunAsync();
        }
        catch (WebSocketException)
        {
            // The load has ended.
        }
    }
}
