using Actors.Grains.Agents;

namespace Actors.Grains.Tests.Agents;

/// <summary>The store that tests use does what the real ones do.</summary>
public sealed class MemoryPeerRowsTests : PeerRowsCompliance
{
    protected override Task<IAgentPeerRows> OpenAsync() => Task.FromResult<IAgentPeerRows>(new MemoryPeerRows());
}
