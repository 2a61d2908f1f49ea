using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Actors.Membership;
using Orleans.Runtime;

namespace Actors.Runtime.Cluster;

/// <summary>What the driver lets others see. Written under the driver's lock, read from any thread.</summary>
internal sealed class ClusterStatus : IClusterState
{
    private readonly Lock _lock = new();
    private readonly List<ChannelWriter<ClusterMembershipSnapshot>> _watchers = [];
    private ClusterView _view = ClusterView.Empty;
    private ClusterReading _now = ClusterReading.None;
    private ClusterMembershipSnapshot _snapshot = new(ImmutableDictionary<SiloAddress, ClusterMember>.Empty, new MembershipVersion(0));
    private bool _isCompleted;

    public ClusterReading Now => Volatile.Read(ref _now);

    public ClusterMembershipSnapshot Snapshot => Volatile.Read(ref _snapshot);

    /// <summary>Says what is true from now on. By one caller at a time.</summary>
    public void Publish(ClusterView view, bool isActive, string? hindrance, string? expelled)
    {
        if (!ReferenceEquals(view, _view))
        {
            _view = view;
            Volatile.Write(ref _now, new ClusterReading(view.Version, ToSilos(view), isActive, hindrance, expelled));
            Tell(ToSnapshot(view));
        }
        else if (_now.IsActive != isActive || _now.Hindrance != hindrance || _now.Expelled != expelled)
        {
            Volatile.Write(ref _now, _now with { IsActive = isActive, Hindrance = hindrance, Expelled = expelled });
        }
    }

    /// <summary>Nothing changes any more: those who watch reach the end.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _isCompleted = true;
            _watchers.ForEach(static watcher => watcher.TryComplete());
        }
    }

    /// <summary>The snapshot now, and each later one, or the last of several.</summary>
    public async IAsyncEnumerable<ClusterMembershipSnapshot> WatchAsync([EnumeratorCancellation] CancellationToken token = default)
    {
        // One place, in which a newer one replaces an older one that nobody has read.
        var snapshots = Channel.CreateBounded<ClusterMembershipSnapshot>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_lock)
        {
            _watchers.Add(snapshots.Writer);
            snapshots.Writer.TryWrite(_snapshot);
            if (_isCompleted)
            {
                snapshots.Writer.Complete();
            }
        }

        try
        {
            await foreach (ClusterMembershipSnapshot snapshot in snapshots.Reader.ReadAllAsync(token))
            {
                yield return snapshot;
            }
        }
        finally
        {
            lock (_lock)
            {
                _watchers.Remove(snapshots.Writer);
            }
        }
    }

    private void Tell(ClusterMembershipSnapshot snapshot)
    {
        lock (_lock)
        {
            Volatile.Write(ref _snapshot, snapshot);
            _watchers.ForEach(watcher => watcher.TryWrite(snapshot));
        }
    }

    private static ClusterSilo[] ToSilos(ClusterView view) =>
        [.. view.Members.Select(static member => new ClusterSilo(member.Name, member.NodeId, member.Silo, member.Status)).OrderBy(static silo => silo.NodeId).ThenBy(static silo => silo.Address)];

    private static ClusterMembershipSnapshot ToSnapshot(ClusterView view) => new(
        view.Members.ToImmutableDictionary(
            static member => member.Silo,
            static member => new ClusterMember(member.Silo, member.Status, new SiloNodeName(member.Name.Length == 0 ? "silo" : member.Name, member.NodeId).ToString())),
        new MembershipVersion(view.Version));
}
