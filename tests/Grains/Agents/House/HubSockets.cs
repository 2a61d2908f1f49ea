using System.Collections.Concurrent;
using Actors.Agents;
using Actors.Grains.Agents;

namespace Actors.Grains.Tests.Agents.House;

/// <summary>The sockets of one silo of a test.</summary>
internal sealed class HubSockets : IAgentSockets
{
    private readonly ConcurrentDictionary<Guid, HubSocket> _sockets = [];

    public ICollection<HubSocket> Open => _sockets.Values;

    public void Add(HubSocket socket)
    {
        if (_sockets.TryRemove(socket.Peer, out var before))
            before.Close();
        _sockets[socket.Peer] = socket;
    }

    public void Remove(HubSocket socket) => _sockets.TryRemove(new KeyValuePair<Guid, HubSocket>(socket.Peer, socket));

    public ShowOutcome Show(Guid peer, PeerShow show) => _sockets.TryGetValue(peer, out var socket) ? socket.Show(show) : ShowOutcome.NotHeld;

    public void Drop(Guid peer, long epoch, AgentCloseCode code)
    {
        if (_sockets.TryGetValue(peer, out var socket) && socket.Epoch == epoch)
            socket.Drop(code);
    }

    public bool Holds(Guid peer, long epoch) => _sockets.TryGetValue(peer, out var socket) && socket.Epoch == epoch;
}
