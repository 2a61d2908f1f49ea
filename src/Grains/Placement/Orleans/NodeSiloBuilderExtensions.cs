using System.Net;
using System.Net.Sockets;
using Actors.Membership;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Actors.Placement;

/// <summary>Tells a silo of Microsoft Orleans which node it is.</summary>
public static class NodeSiloBuilderExtensions
{
    /// <summary>Writes the node into the silo's name, where the other silos find it, and registers <see cref="NodeInKeyPlacement"/>.</summary>
    /// <param name="builder">The silo; its name is as it shall be for people.</param>
    /// <param name="nodeId">Number of this node, unique in the cluster; keys that name it (<see cref="NodeInKey"/>) lead here.</param>
    public static ISiloBuilder UseNode(this ISiloBuilder builder, int nodeId)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.PostConfigure<SiloOptions>(options => options.SiloName = new SiloNodeName(options.SiloName, nodeId).ToString());
        return builder.AddPlacementDirector<NodeInKeyPlacement, NodeInKeyDirector>();
    }

    /// <summary>
    /// One silo that is its own cluster. Orleans opens a port for other silos all the same; it is a free one of the loopback
    /// address, and there is none for clients.
    /// </summary>
    /// <inheritdoc cref="UseNode"/>
    public static ISiloBuilder UseSingleNode(this ISiloBuilder builder, int nodeId)
    {
        var silo = new IPEndPoint(IPAddress.Loopback, FreePort());
        return builder.ConfigureEndpoints(silo.Address, silo.Port, gatewayPort: 0).UseDevelopmentClustering(silo).UseNode(nodeId);
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
