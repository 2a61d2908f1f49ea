namespace Actors.Grains.Groups;

/// <summary>Who leads a partition of <c>__consumer_offsets</c>, and so coordinates its groups.</summary>
/// <param name="NodeId">The node, or -1: nobody at the moment.</param>
/// <param name="Epoch">The leader epoch.</param>
public readonly record struct GroupLeader(int NodeId, int Epoch);
