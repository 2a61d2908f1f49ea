using Actors.Placement;
using Orleans;
using Orleans.Concurrency;

namespace Actors.Grains.Groups;

/// <summary>Carries the controller's wishes to a node's <see cref="GroupKeeper"/>.</summary>
[NodeInKeyPlacement, GrainType("grouphost"), Reentrant]
public sealed class GroupHostGrain(GroupKeeper keeper) : Grain, IGroupHostGrain
{
    /// <inheritdoc/>
    public Task<bool> ForgetTopics(string[] topics, bool skipUnreadable) => keeper.ForgetTopicsAsync(topics, skipUnreadable);
}
