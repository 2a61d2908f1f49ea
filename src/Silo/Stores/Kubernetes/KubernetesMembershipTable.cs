using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Actors.Membership;
using Orleans;
using Orleans.Runtime;

namespace Actors.Silo.Stores.Kubernetes;

/// <summary>
/// The membership table as one custom resource per namespace that holds the version and all rows, so that one write changes both, on the
/// condition that the object is still the one that was read (resourceVersion). Leases are objects of their own, so that renewals and
/// changes of the table never meet. Safe for use from any thread.
/// </summary>
/// <param name="client">Asks the API server.</param>
/// <param name="clusterId">The cluster that the object must hold.</param>
/// <param name="log">Told of a watch that is cut off.</param>
public sealed class KubernetesMembershipTable(KubernetesClient client, string clusterId, ILogger<KubernetesMembershipTable> log) : ILeasedMembershipTable
{
    private readonly KubernetesLeases _leases = new(client);

    private string Path => KubernetesPaths.Membership(client.Options.Namespace);

    /// <inheritdoc/>
    /// <exception cref="ClusterMismatchException">The namespace holds another cluster, or none and none may be made.</exception>
    public async Task InitializeMembershipTable(bool tryInitTableVersion)
    {
        const string Operation = "prepare the object";
        var answer = await AskAsync(Operation, HttpMethod.Get, Path);
        if (answer.IsMissing && tryInitTableVersion)
        {
            await AskAsync(Operation, HttpMethod.Post, KubernetesPaths.Memberships(client.Options.Namespace), MembershipObject.New(clusterId));
            await GetAsync(Operation, CancellationToken.None); // of silos that start together one has made it
        }
        else
        {
            ObjectOf(answer);
        }
    }

    /// <inheritdoc/>
    public async Task DeleteMembershipTableEntries(string clusterId)
    {
        if (clusterId != Cluster) throw new ClusterMismatchException(clusterId, Cluster);
        var gone = (await GetAsync("delete the cluster", CancellationToken.None)).Rows.Select(static row => row.Entry.SiloAddress).ToList();
        await AskAsync("delete the cluster", HttpMethod.Delete, Path);
        foreach (var silo in gone) await _leases.RemoveAsync(silo, CancellationToken.None);
    }

    /// <inheritdoc/>
    public async Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate)
    {
        const string Operation = "remove dead silos";
        while (true)
        {
            var now = await GetAsync(Operation, CancellationToken.None);
            var dead = now.Rows.Select(static row => row.Entry).Where(static entry => entry.Status == SiloStatus.Dead).Select(static entry => entry.SiloAddress).ToList();
            var leases = await _leases.ReadAsync(Operation, [.. now.Rows.Select(static row => row.Entry.SiloAddress)], CancellationToken.None);
            var old = dead.Where(silo => leases[silo].RenewedAt < beforeDate.UtcDateTime).ToList();
            if (old.Count == 0) return;
            now.Remove(old);
            if (!(await AskAsync(Operation, HttpMethod.Put, Path, now.Json)).IsSuccess) continue; // changed meanwhile
            foreach (var silo in old) await _leases.RemoveAsync(silo, CancellationToken.None);
            return;
        }
    }

    /// <inheritdoc/>
    public async Task<MembershipTableData> ReadRow(SiloAddress key)
    {
        var all = (await ReadLeasesAsync("read a silo", CancellationToken.None)).Table;
        return all.TryGet(key) is { } row ? new MembershipTableData(row, all.Version) : new MembershipTableData(all.Version);
    }

    /// <inheritdoc/>
    public async Task<MembershipTableData> ReadAll() => (await ReadLeasesAsync("read the silos", CancellationToken.None)).Table;

    /// <inheritdoc/>
    public Task<LeasedMembership> ReadLeasesAsync(CancellationToken token) => ReadLeasesAsync("read the silos and their leases", token);

    /// <inheritdoc/>
    public async Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion)
    {
        if (!await WriteAsync("add a silo", entry, null, tableVersion)) return false;
        await _leases.RenewAsync(entry.SiloAddress, CancellationToken.None);
        return true;
    }

    /// <inheritdoc/>
    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) => WriteAsync("change a silo", entry, etag, tableVersion);

    /// <inheritdoc/>
    public Task UpdateIAmAlive(MembershipEntry entry) => RenewLeaseAsync(entry.SiloAddress, CancellationToken.None);

    /// <inheritdoc/>
    public async Task<LeaseRenewal?> RenewLeaseAsync(SiloAddress silo, CancellationToken token)
    {
        var now = await GetAsync("renew a lease", token);
        if (now.StatusOf(silo) is not { } status) return null;
        if (status != SiloStatus.Dead) await _leases.RenewAsync(silo, token);
        return new LeaseRenewal(now.Version, status);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<int> WatchAsync([EnumeratorCancellation] CancellationToken token)
    {
        await using var watch = new KubernetesVersionWatch(client, log);
        for (int? last = null; ;)
        {
            last = await watch.NextAsync(last, token);
            yield return last.Value;
        }
    }

    private string Cluster => clusterId;

    private async Task<LeasedMembership> ReadLeasesAsync(string operation, CancellationToken token)
    {
        var now = await GetAsync(operation, token);
        var rows = now.Rows.ToList();
        var leases = await _leases.ReadAsync(operation, [.. rows.Select(static row => row.Entry.SiloAddress)], token);
        foreach (var (entry, _) in rows) entry.IAmAliveTime = leases[entry.SiloAddress].RenewedAt;
        return new LeasedMembership(
            new MembershipTableData([.. rows.Select(row => Tuple.Create(row.Entry, now.Etag(row.RowVersion)))], new TableVersion(now.Version, now.Etag(now.Version))),
            leases.ToDictionary(static lease => lease.Key, static lease => lease.Value.Age));
    }

    /// <summary>Adds a row (without an ETag) or replaces one. Whoever only touches the object without moving its version does not disturb.</summary>
    private async Task<bool> WriteAsync(string operation, MembershipEntry entry, string? etag, TableVersion next)
    {
        var nodeId = SiloNodeName.Parse(entry.SiloName).NodeId;
        while (true)
        {
            var now = await GetAsync(operation, CancellationToken.None);
            if (next.VersionEtag != now.Etag(now.Version) || next.Version - 1L != now.Version) return false;
            if (now.RowVersionOf(entry.SiloAddress) is var row && (etag is null ? row is not null : row is null || now.Etag(row.Value) != etag)) return false;
            if (entry.Status != SiloStatus.Dead && now.HolderOf(nodeId, entry.SiloAddress) is { } holder) throw SiloRefusedException.SameNode(entry, holder.Name, holder.Address);
            now.Put(entry);
            var answer = await AskAsync(operation, HttpMethod.Put, Path, now.Json);
            if (!answer.IsSuccess) continue; // changed meanwhile
            if (MembershipObject.VersionOf(answer.Body) != now.Version) throw new MembershipStoreException(operation, true, "the API server's answer is not what was written.");
            return true;
        }
    }

    private async Task<MembershipObject> GetAsync(string operation, CancellationToken token) =>
        ObjectOf(await client.AskAsync(operation, HttpMethod.Get, Path, null, token));

    private MembershipObject ObjectOf(KubernetesAnswer answer)
    {
        if (answer.IsMissing) throw new ClusterMismatchException(clusterId, null);
        var read = new MembershipObject(answer.Body!);
        return read.ClusterId == clusterId ? read : throw new ClusterMismatchException(clusterId, read.ClusterId);
    }

    private Task<KubernetesAnswer> AskAsync(string operation, HttpMethod method, string path, JsonObject? body = null) =>
        client.AskAsync(operation, method, path, body, CancellationToken.None);
}
