using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Cluster;

/// <summary>The sender no longer has grains that it told of.</summary>
/// <param name="Version">The view in which it told of them.</param>
[GenerateSerializer, Immutable, Alias("cluster.released")]
internal sealed record ReleasedMessage([property: Id(0)] long Version, [property: Id(1)] GrainId[] Grains) : PeerMessage
{
    /// <inheritdoc cref="InstalledMessage.TakeRecords"/>
    [Id(2)]
    public bool TakeRecords { get; init; }
}
