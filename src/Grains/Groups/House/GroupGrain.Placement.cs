using Actors.Runtime.Placement;

namespace Actors.Grains.Groups;

/// <content>The key names the node (<see cref="NodeInKey"/>).</content>
[NodeInKeyPlacement]
public sealed partial class GroupGrain;
