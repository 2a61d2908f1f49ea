using Actors.Kafka;

namespace Actors.Grains.Groups;

/// <summary>Where a group's coordinator is.</summary>
/// <param name="Error">None, or why nobody can say; COORDINATOR_NOT_AVAILABLE is retried by clients.</param>
/// <param name="NodeId">The node when the error is None; -1 otherwise.</param>
public readonly record struct GroupLocation(ErrorCode Error, int NodeId);
