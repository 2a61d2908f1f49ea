using Orleans;

namespace Actors.Bench.Cluster;

/// <summary>Gives back what it got.</summary>
[Alias("bench.IEchoGrain")]
public interface IEchoGrain : IGrainWithStringKey
{
    /// <summary>The same bytes.</summary>
    [Alias("Echo")]
    Task<ReadOnlyMemory<byte>> Echo([Immutable] ReadOnlyMemory<byte> bytes);
}
