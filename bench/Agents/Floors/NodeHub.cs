using System.Collections.Concurrent;
using Actors.Agents.Messages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Bench.Agents.Floors;

/// <summary>The same as <see cref="RelayServer"/> as one would write it with SignalR: a hub, a dictionary, and calls of clients.</summary>
internal sealed class NodeHub : Hub
{
    /// <summary>Where it is mapped.</summary>
    public const string Path = "/nodes";

    private static readonly ConcurrentDictionary<Guid, string> Connections = new();
    private static readonly ConcurrentDictionary<Guid, ConcurrentBag<Guid>> Listeners = new();
    private static readonly ConcurrentDictionary<Guid, NodeRecord> Nodes = new();

    /// <summary>Registers SignalR with the same generated JSON.</summary>
    public static void Add(IServiceCollection services) =>
        services.AddSignalR().AddJsonProtocol(static json => json.PayloadSerializerOptions.TypeInfoResolverChain.Insert(0, HubJson.Default));

    /// <summary>Answers at <see cref="Path"/>, by WebSocket and without negotiation.</summary>
    public static void Map(WebApplication application) => application.MapHub<NodeHub>(Path, static options => options.Transports = HttpTransportType.WebSockets);

    /// <inheritdoc/>
    public override Task OnConnectedAsync()
    {
        Connections[Me] = Context.ConnectionId;
        return base.OnConnectedAsync();
    }

    /// <summary>The peer wants to hear of another one.</summary>
    public async Task SetTunnels(Guid[] peers)
    {
        foreach (var peer in peers)
        {
            Listeners.GetOrAdd(peer, static _ => []).Add(Me);
            Listeners.GetOrAdd(Me, static _ => []).Add(peer);
            if (Nodes.TryGetValue(peer, out var node)) await Clients.Caller.SendAsync("peerUpdate", peer, node);
        }
    }

    /// <summary>The peer's node record goes to those who want to hear of it.</summary>
    public async Task UpdateNode(NodeRecord node)
    {
        Nodes[Me] = node;
        if (!Listeners.TryGetValue(Me, out var listeners)) return;
        foreach (var listener in listeners) await Clients.Client(Connections[listener]).SendAsync("peerUpdate", Me, node);
    }

    private Guid Me => (Guid)(Context.Items["peer"] ??= Guid.Parse(Context.GetHttpContext()!.Request.Query["peer"]!));
}
