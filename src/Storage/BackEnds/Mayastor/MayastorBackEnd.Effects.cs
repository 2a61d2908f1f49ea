using System.Globalization;
using Actors.Storage.BackEnds.Rest;

namespace Actors.Storage.BackEnds.Mayastor;

public sealed partial class MayastorBackEnd
{
    private const char IdMark = '-';

    private async Task<bool> CreateTargetAsync(VolumeEffect effect, CancellationToken cancellationToken)
    {
        var volume = await RequireAsync(effect.Volume, cancellationToken);
        if (volume.Replicas.Any(replica => replica.Pool == effect.TargetPool)) return false;
        RequireSettled(volume);
        if (volume.TargetNode is null) throw new BackEndException($"{volume.Id} is not published, and Mayastor fills replicas of published volumes only: move it while an application uses it", isPermanent: true);
        var pools = await _client.PoolsAsync(cancellationToken);
        var pool = pools.FirstOrDefault(pool => pool.Id == effect.TargetPool) ?? throw new BackEndException($"there is no pool {effect.TargetPool}", isPermanent: true);
        Check(volume, pool, pools);

        if (Interlocked.Exchange(ref _isPlacing, 1) == 1) throw OtherPlacement("by this silo");
        try
        {
            await PlaceAsync(volume, pool.Node, cancellationToken);
        }
        finally
        {
            Volatile.Write(ref _isPlacing, 0);
        }

        return true;
    }

    // A replica goes to any node that is not cordoned: all but the wanted one are, for the length of one request.
    private async Task PlaceAsync(MayastorVolume volume, string wanted, CancellationToken cancellationToken)
    {
        var nodes = await ReapAsync(cancellationToken);
        if (FindOther(nodes, "") is { } other) throw OtherPlacement(other);
        var until = (_time.GetUtcNow() + _options.CordonTimeToLive).ToUnixTimeSeconds();
        var label = string.Create(CultureInfo.InvariantCulture, $"{_options.CordonPrefix}{until}{IdMark}{_id}{IdMark}{++_placements}"); // nobody else's, not in the same second either
        var others = nodes.Where(node => node.Id != wanted && node.Cordons.Count == 0 && volume.Replicas.All(replica => replica.Node != node.Id)).Select(node => node.Id).ToList();
        var cordoned = new List<string>();
        try
        {
            foreach (var node in others)
            {
                cordoned.Add(node);
                await _client.CordonAsync(node, label, cancellationToken);
            }

            // Two that looked before either had cordoned anything see each other now, and both give way.
            if (FindOther(await _client.NodesAsync(cancellationToken), label) is { } late) throw OtherPlacement(late);
            await _client.SetReplicaCountAsync(volume.Id, volume.Count + 1, cancellationToken);
        }
        catch (RestRefusal refusal)
        {
            // Not for good: another placement that gives way may have had the wanted node cordoned for a moment.
            throw new BackEndException($"making a replica of {volume.Id} on {wanted}: {refusal.Message}", isPermanent: false, refusal);
        }
        finally
        {
            foreach (var node in cordoned) await UncordonAsync(node, label);
        }
    }

    private string? FindOther(IReadOnlyList<MayastorNode> nodes, string own) => nodes.SelectMany(node => node.Cordons).FirstOrDefault(label => IsOurs(label) && label != own);

    private static BackEndException OtherPlacement(string which) => new($"another replica is being placed ({which}): it is tried again", isPermanent: false);

    private static void RequireSettled(MayastorVolume volume)
    {
        if (volume.IsBusy || volume.Replicas.Count != volume.Count)
            throw new BackEndException($"{volume.Id} has {volume.Replicas.Count} of its {volume.Count} replicas, or is being changed: it is tried again", isPermanent: false);
    }

    private async Task<bool> RemoveAsync(VolumeEffect effect, CancellationToken cancellationToken)
    {
        var volume = await RequireAsync(effect.Volume, cancellationToken);
        if (volume.Find(effect.Replica) is not { } removed) return false;
        RequireSettled(volume);
        if (volume.Count < 2) throw new BackEndException($"{removed.Id} is the last replica of {volume.Id}", isPermanent: true);
        if (volume.Replicas.FirstOrDefault(replica => replica.Id != removed.Id && !replica.IsInSync) is { } behind)
            throw new BackEndException($"{removed.Id} of {volume.Id} stays while {behind.Id} is not in sync", isPermanent: false);
        if (removed.IsInSync && !IsFirstToGo(volume, removed)) await MakeFirstToGoAsync(volume, removed, cancellationToken);
        await _client.SetReplicaCountAsync(volume.Id, volume.Count - 1, cancellationToken);
        return true;
    }

    // Mayastor takes one that is not healthy first, then a remote one before the one beside the target; among several remote ones nobody outside can tell.
    private static bool IsFirstToGo(MayastorVolume volume, MayastorReplica removed) =>
        removed.Node != volume.TargetNode && volume.Replicas.All(replica => replica == removed || replica.Node == volume.TargetNode);

    // As a child that was taken out of the target it is not healthy any more. The volume has then as many good replicas as it will have afterwards.
    private async Task MakeFirstToGoAsync(MayastorVolume volume, MayastorReplica removed, CancellationToken cancellationToken)
    {
        if (volume.Nexus is not { } nexus) throw new BackEndException($"{volume.Id} is not published any more: its replica {removed.Id} is removed when it is", isPermanent: false);
        var uri = await _client.FindReplicaUriAsync(removed.Id, cancellationToken);
        if (uri is not null && volume.Children.Contains(uri))
        {
            await _client.RemoveChildAsync(nexus, uri, cancellationToken);
            return;
        }

        throw new BackEndException($"{removed.Id} is no child of the target of {volume.Id}, so it is not known which replica Mayastor would remove: it is tried again", isPermanent: false);
    }

    private static void Check(MayastorVolume volume, MayastorPool pool, IReadOnlyList<MayastorPool> pools)
    {
        if (volume.Replicas.FirstOrDefault(replica => replica.Node == pool.Node) is { } held)
            throw new BackEndException($"{pool.Node} holds the replica {held.Id} of {volume.Id} already, and Mayastor puts one on a node at most: take a pool of another node", isPermanent: true);
        if (Missing(volume, pool) is { } label)
            throw new BackEndException($"{pool.Id} lacks the label {label} that the topology of {volume.Id} asks for, and a topology cannot be changed: make volumes without labels of a tier in it", isPermanent: true);
        if (pool.FreeBytes <= volume.SizeBytes)
            throw new BackEndException(FormattableString.Invariant($"{pool.Id} has {pool.FreeBytes} bytes free, and more than {volume.SizeBytes} are needed"), isPermanent: true);
        if (pools.FirstOrDefault(other => other.Id != pool.Id && other.Node == pool.Node && other.IsOnline && Missing(volume, other) is null && other.FreeBytes > volume.SizeBytes) is { } twin)
            throw new BackEndException($"{pool.Node} has {twin.Id} beside {pool.Id}, and Mayastor would choose between them: tell them apart by a label of the volume's topology", isPermanent: true);
    }

    private static string? Missing(MayastorVolume volume, MayastorPool pool) => volume.Inclusion
        .Where(label => !pool.Labels.TryGetValue(label.Key, out var value) || (label.Value.Length > 0 && value != label.Value)).Select(label => $"{label.Key}={label.Value}").FirstOrDefault();

    private async Task<MayastorVolume> RequireAsync(string volume, CancellationToken cancellationToken) =>
        await _client.FindVolumeAsync(volume, cancellationToken) ?? throw new BackEndException($"there is no volume {volume}", isPermanent: true);

    private bool IsOurs(string label) => label.StartsWith(_options.CordonPrefix, StringComparison.Ordinal);

    // Takes away what processes that died have left behind; the label says when that is.
    private async Task<IReadOnlyList<MayastorNode>> ReapAsync(CancellationToken cancellationToken)
    {
        var nodes = await _client.NodesAsync(cancellationToken);
        var now = _time.GetUtcNow().ToUnixTimeSeconds();
        var reaped = false;
        foreach (var node in nodes)
        {
            foreach (var label in node.Cordons.Where(IsOurs))
            {
                var time = label.AsSpan(_options.CordonPrefix.Length);
                if (long.TryParse(time.IndexOf(IdMark) is >= 0 and var end ? time[..end] : time, NumberStyles.None, CultureInfo.InvariantCulture, out var until) && until >= now) continue;
                await _client.UncordonAsync(node.Id, label, cancellationToken);
                reaped = true;
            }
        }

        return reaped ? await _client.NodesAsync(cancellationToken) : nodes;
    }

    // Whatever has happened: with a time-out of its own, and without the caller's token. What cannot be taken away is when its time has come.
    private async Task UncordonAsync(string node, string label)
    {
        try
        {
            await _client.UncordonAsync(node, label, CancellationToken.None);
        }
        catch (Exception failure) when (failure is BackEndException or RestRefusal)
        {
            // It is left behind, and says until when it counts.
        }
    }
}
