using Actors.Placement;
using Orleans;

namespace Actors.Bench.Cluster;

/// <summary>Gives back what it got, on the node that its key names.</summary>
[NodeInKeyPlacement]
[GrainType("bench.echo")]
public sealed class EchoGrain : Grain, IEchoGrain
{
    /// <inheritdoc/>
    public Task<ReadOnlyMemory<byte>> Echo(ReadOnlyMemory<byte> bytes) => Task.FromResult(bytes);
}
