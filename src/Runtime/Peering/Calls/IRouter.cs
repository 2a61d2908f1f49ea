using Orleans.Runtime;

namespace Actors.Runtime.Peering;

/// <summary>Where grains are now: the membership's answer, from memory, at once. From any thread.</summary>
/// <remarks>Whoever implements it calls <see cref="RemoteCalls.RoutesChanged"/> when an answer <see cref="RouteKind.Wait"/> may have become another.</remarks>
internal interface IRouter
{
    /// <summary>The number of the view that the answers come from. It goes along with every call and every answer.</summary>
    long View { get; }

    /// <summary>Where a grain is, or is to be made.</summary>
    /// <param name="grain">The grain.</param>
    /// <param name="nodeInKey">True when its key names its node; false when it is placed by hash.</param>
    /// <param name="minView">A view that somebody has seen: while this silo's is older, the answer is Wait, and the router catches up.</param>
    Route Find(GrainId grain, bool nodeInKey, long minView);

    /// <summary>How a silo is reached, for what lives in that process, such as an observer.</summary>
    Route Find(SiloAddress silo, long minView);
}
