using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Orleans;
using Orleans.Runtime;

namespace Actors.Membership;

/// <summary>
/// A membership table in this process's memory, for several silos in one process: what every other table must behave like. Its clock
/// is the <see cref="TimeProvider"/>'s. Safe for use from any thread; nothing here waits.
/// </summary>
/// <param name="clusterId">The cluster that it holds.</param>
/// <param name="time">The clock of the leases.</param>
public sealed class InMemoryMembershipTable(string clusterId, TimeProvider time) : ILeasedMembershipTable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<SiloAddress, Row> _rows = [];
    private readonly List<ChannelWriter<int>> _watchers = [];
    private int? _version;

    /// <summary>How often the table was deleted: a part of the ETags, so that one of a table before fits no other.</summary>
    private int _deletions;

    /// <summary>How many watch.</summary>
    internal int Watchers
    {
        get
        {
            lock (_lock)
            {
                return _watchers.Count;
            }
        }
    }

    /// <inheritdoc/>
    public Task InitializeMembershipTable(bool tryInitTableVersion) => Locked(() =>
    {
        if (_version is null && !tryInitTableVersion)
        {
            throw new ClusterMismatchException(clusterId, null);
        }

        _version ??= 0;
        return true;
    });

    /// <inheritdoc/>
    public Task DeleteMembershipTableEntries(string cluster) => Locked(() =>
    {
        if (cluster != clusterId)
        {
            throw new ClusterMismatchException(cluster, clusterId);
        }

        _rows.Clear();
        _version = null;
        _deletions++;
        return true;
    });

    /// <inheritdoc/>
    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => Locked(() =>
    {
        foreach (Row row in _rows.Values.Where(row => row.Entry.Status == SiloStatus.Dead && row.Entry.IAmAliveTime < beforeDate.UtcDateTime).ToList())
        {
            _rows.Remove(row.Entry.SiloAddress);
        }

        return true;
    });

    /// <inheritdoc/>
    public Task<MembershipTableData> ReadRow(SiloAddress key) => Locked(() =>
    {
        TableVersion version = Version();
        return _rows.TryGetValue(key, out Row? row) ? new MembershipTableData(row.Read(), version) : new MembershipTableData(version);
    });

    /// <inheritdoc/>
    public Task<MembershipTableData> ReadAll() => Locked(Read);

    /// <inheritdoc/>
    public Task<LeasedMembership> ReadLeasesAsync(CancellationToken token) => Locked(() =>
    {
        token.ThrowIfCancellationRequested();
        return new LeasedMembership(Read(), _rows.ToDictionary(static row => row.Key, row => time.GetElapsedTime(row.Value.AliveAt)));
    });

    /// <inheritdoc/>
    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) => Locked(() =>
    {
        int nodeId = SiloNodeName.Parse(entry.SiloName).NodeId;
        if (!MayMoveTo(tableVersion) || _rows.ContainsKey(entry.SiloAddress))
        {
            return false;
        }

        CheckNode(entry, nodeId);
        MembershipEntry stored = entry.Copy();
        stored.IAmAliveTime = time.GetUtcNow().UtcDateTime;
        _rows[entry.SiloAddress] = new Row(stored, nodeId, Move()) { AliveAt = time.GetTimestamp() };
        return true;
    });

    /// <inheritdoc/>
    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) => Locked(() =>
    {
        int nodeId = SiloNodeName.Parse(entry.SiloName).NodeId;
        if (!MayMoveTo(tableVersion) || !_rows.TryGetValue(entry.SiloAddress, out Row? row) || row.Etag != etag)
        {
            return false;
        }

        CheckNode(entry, nodeId);
        MembershipEntry stored = entry.Copy();
        stored.IAmAliveTime = row.Entry.IAmAliveTime;
        _rows[entry.SiloAddress] = new Row(stored, nodeId, Move()) { AliveAt = row.AliveAt };
        return true;
    });

    /// <inheritdoc/>
    public Task UpdateIAmAlive(MembershipEntry entry) => RenewLeaseAsync(entry.SiloAddress, CancellationToken.None);

    /// <inheritdoc/>
    public Task<LeaseRenewal?> RenewLeaseAsync(SiloAddress silo, CancellationToken token) => Locked<LeaseRenewal?>(() =>
    {
        token.ThrowIfCancellationRequested();
        int version = Version().Version;
        if (!_rows.TryGetValue(silo, out Row? row))
        {
            return null;
        }

        if (row.Entry.Status != SiloStatus.Dead)
        {
            row.Entry.IAmAliveTime = time.GetUtcNow().UtcDateTime;
            row.AliveAt = time.GetTimestamp();
        }

        return new LeaseRenewal(version, row.Entry.Status);
    });

    /// <inheritdoc/>
    public async IAsyncEnumerable<int> WatchAsync([EnumeratorCancellation] CancellationToken token)
    {
        // One place, in which a newer version replaces an older one that nobody has read.
        var versions = Channel.CreateBounded<int>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_lock)
        {
            versions.Writer.TryWrite(Version().Version);
            _watchers.Add(versions.Writer);
        }

        try
        {
            await foreach (int version in versions.Reader.ReadAllAsync(token))
            {
                yield return version;
            }
        }
        finally
        {
            lock (_lock)
            {
                _watchers.Remove(versions.Writer);
            }
        }
    }

    private MembershipTableData Read() => new([.. _rows.Values.Select(static row => row.Read())], Version());

    private TableVersion Version() => _version is { } version ? new TableVersion(version, Etag(version)) : throw new ClusterMismatchException(clusterId, null);

    private bool MayMoveTo(TableVersion next) => Version().Version is var version && next.VersionEtag == Etag(version) && next.Version == version + 1;

    /// <summary>Moves the table to its next version and tells those who watch.</summary>
    /// <returns>The ETag of the row that has changed.</returns>
    private string Move()
    {
        int version = (_version + 1)!.Value;
        _version = version;
        _watchers.ForEach(watcher => watcher.TryWrite(version));
        return Etag(version);
    }

    private void CheckNode(MembershipEntry entry, int nodeId)
    {
        Row? holder = _rows.Values.FirstOrDefault(row => row.NodeId == nodeId && row.Entry.Status != SiloStatus.Dead && !row.Entry.SiloAddress.Equals(entry.SiloAddress));
        if (holder is not null && entry.Status != SiloStatus.Dead)
        {
            throw SiloRefusedException.SameNode(entry, holder.Entry.SiloName, holder.Entry.SiloAddress);
        }
    }

    private string Etag(int version) => _deletions == 0 ? version.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{version}.{_deletions}");

    /// <summary>Runs an operation alone; what it throws is in the task.</summary>
    private Task<T> Locked<T>(Func<T> operation)
    {
        try
        {
            lock (_lock)
            {
                return Task.FromResult(operation());
            }
        }
        catch (Exception error)
        {
            return Task.FromException<T>(error);
        }
    }

    private sealed class Row(MembershipEntry entry, int nodeId, string etag)
    {
        public MembershipEntry Entry => entry;

        public int NodeId => nodeId;

        public string Etag => etag;

        /// <summary>The lease's last renewal, as a timestamp of the clock.</summary>
        public long AliveAt { get; set; }

        public Tuple<MembershipEntry, string> Read() => Tuple.Create(entry.Copy(), etag);
    }
}
