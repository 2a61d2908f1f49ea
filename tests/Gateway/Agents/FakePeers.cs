using System.Collections.Concurrent;

namespace Actors.Gateway.Tests.Agents;

/// <summary>The grains of all peers.</summary>
internal sealed class FakePeers
{
    private readonly ConcurrentDictionary<Guid, FakePeer> _peers = new();

    public FakePeer Of(Guid peer) => _peers.GetOrAdd(peer, static _ => new FakePeer());
}
