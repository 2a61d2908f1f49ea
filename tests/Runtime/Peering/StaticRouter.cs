using Actors.Placement;
using Actors.Runtime.Peering;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Peering;

/// <summary>A view that a test sets: the silos with their nodes, a number, and whether it has settled.</summary>
internal sealed class StaticRouter(SiloAddress self) : IRouter
{
    private volatile State _state = new(0, [], IsSettled: false);

    public long View => _state.View;

    public void Set(long view, IEnumerable<PeerIdentity> members, bool isSettled = true) => _state = new State(view, [.. members], isSettled);

    public Route Find(GrainId grain, bool nodeInKey, long minView)
    {
        State state = _state;
        if (!state.IsSettled || minView > state.View)
        {
            return Route.Wait;
        }

        int node = nodeInKey && NodeInKey.TryParse(grain.Key.AsSpan(), out int named)
            ? named
            : RendezvousHash.Choose(grain, state.Members.Select(static member => member.NodeId).ToArray());
        return Array.Find(state.Members, member => member.NodeId == node) is { } home
            ? home.Address.Equals(self) ? Route.Here : Route.At(home.Address)
            : Route.Nowhere($"{grain} lives on node {node}, which is away.");
    }

    public Route Find(SiloAddress silo, long minView)
    {
        State state = _state;
        return !state.IsSettled || minView > state.View
            ? Route.Wait
            : Array.Exists(state.Members, member => member.Address.Equals(silo)) ? Route.At(silo) : Route.Nowhere($"{silo} is not in view {state.View}.");
    }

    private sealed record State(long View, PeerIdentity[] Members, bool IsSettled);
}
