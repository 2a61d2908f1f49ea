using Actors.Membership;
using Actors.Placement;
using Orleans.Runtime;

namespace Actors.Grains;

/// <summary>The nodes of a cluster, from the runtime's membership. Safe to use from any thread.</summary>
public sealed class MembershipNodes(IClusterMembershipService membership) : IClusterNodes, IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private Reading _last = new(MembershipVersion.MinValue, ClusterNodes.None);
    private Action? _changed;
    private Task? _following;

    /// <inheritdoc/>
    public event Action? Changed
    {
        add
        {
            lock (_gate)
            {
                _changed += value;
                _following ??= FollowAsync();
            }
        }

        remove
        {
            lock (_gate)
                _changed -= value;
        }
    }

    /// <inheritdoc/>
    public ClusterNodes Current
    {
        get
        {
            var snapshot = membership.CurrentSnapshot;
            var last = Volatile.Read(ref _last);
            if (last.Version == snapshot.Version)
                return last.Nodes;
            last = new Reading(snapshot.Version, NodesOf(snapshot));
            Volatile.Write(ref _last, last);
            return last.Nodes;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private async Task FollowAsync()
    {
        // Whoever has just subscribed reads what is true now itself, and must not be told under the lock.
        await Task.Yield();
        try
        {
            await foreach (var _ in membership.MembershipUpdates.WithCancellation(_stopping.Token))
                Volatile.Read(ref _changed)?.Invoke();
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    /// <summary>Where two runs of a node are listed as live, the younger one is it.</summary>
    private static ClusterNodes NodesOf(ClusterMembershipSnapshot snapshot)
    {
        var live = new SortedDictionary<int, ClusterNode>();
        foreach (var member in snapshot.Members.Values.Where(member => member.Status == SiloStatus.Active).OrderBy(member => member.SiloAddress.Generation))
        {
            if (SiloNodeName.TryParse(member.Name, out var name))
                live[name.NodeId] = new ClusterNode(name.NodeId, member.SiloAddress.ToParsableString());
        }

        return live.Count == 0 ? ClusterNodes.None : new ClusterNodes([.. live.Values], RendezvousHash.Choose(Topics.ControllerGrain.Id, [.. live.Keys]));
    }

    private sealed record Reading(MembershipVersion Version, ClusterNodes Nodes);
}
