using Actors.Membership;
using Orleans.Runtime;

namespace Actors.Grains.Agents;

/// <summary>The silos of the runtime's cluster, or the one silo that is in none.</summary>
/// <param name="self">This silo.</param>
/// <param name="nodeId">This silo's node.</param>
/// <param name="nodes">Says when something has changed.</param>
/// <param name="membership">The cluster; null when there is none.</param>
public sealed class AgentViews(ILocalSiloDetails self, int nodeId, IClusterNodes nodes, IClusterMembershipService? membership) : IAgentViews
{
    private readonly int _generation = self.SiloAddress.Generation;
    private Reading _last = new(MembershipVersion.MinValue, new AgentView(0, new HashSet<(int, int)> { (nodeId, self.SiloAddress.Generation) }));

    /// <inheritdoc/>
    public event Action? Changed
    {
        add => nodes.Changed += value;
        remove => nodes.Changed -= value;
    }

    /// <inheritdoc/>
    public AgentView Current
    {
        get
        {
            var last = Volatile.Read(ref _last);
            if (membership is null || membership.CurrentSnapshot is not { } snapshot || snapshot.Version == last.Version)
                return last.View;
            last = new Reading(snapshot.Version, ViewOf(snapshot));
            Volatile.Write(ref _last, last);
            return last.View;
        }
    }

    /// <inheritdoc/>
    public GatewayRun Local
    {
        get
        {
            var view = Current;
            var local = new GatewayRun(nodeId, _generation, view.Number);
            return view.HasLost(local) ? throw new InvalidOperationException($"No view has run {_generation} of node {nodeId}: the newest is view {view.Number}.") : local;
        }
    }

    /// <inheritdoc/>
    public bool IsLocal(GatewayRun gateway) => gateway.NodeId == nodeId && gateway.Generation == _generation;

    /// <summary>Every silo that is not dead: one that stops holds its sockets until it has closed them.</summary>
    private static AgentView ViewOf(ClusterMembershipSnapshot snapshot)
    {
        var members = new HashSet<(int, int)>();
        foreach (var member in snapshot.Members.Values)
        {
            if (member.Status != SiloStatus.Dead && SiloNodeName.TryParse(member.Name, out var name))
                members.Add((name.NodeId, member.SiloAddress.Generation));
        }

        return new AgentView(snapshot.Version.Value, members);
    }

    private sealed record Reading(MembershipVersion Version, AgentView View);
}
