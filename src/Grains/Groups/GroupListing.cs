using Actors.Kafka;

namespace Actors.Grains.Groups;

/// <summary>The answer to ListGroups.</summary>
/// <param name="Error">
/// None when all groups of this node are in the list; COORDINATOR_LOAD_IN_PROGRESS when some partitions are still being
/// replayed: the list then has the others.
/// </param>
/// <param name="Groups">In no order.</param>
public sealed record GroupListing(ErrorCode Error, IReadOnlyList<GroupOverview> Groups)
{
    /// <summary>Kafka's name of the only type of group that there is.</summary>
    public const string ClassicType = "classic";
}
