using System.Globalization;

namespace Actors.Storage.BackEnds.Mayastor;

public sealed partial class MayastorBackEnd
{
    private async Task<bool> CreateTargetAsync(VolumeEffect effect, CancellationToken cancellationToken)
    {
        var volume = await RequireAsync(effect.Volume, cancellationToken);
        if (volume.Replicas.Any(replica => replica.Pool == effect.TargetPool)) return false;
        if (volume.IsBusy || volume.Replicas.Count != volume.Count)
            throw new BackEndException($"{volume.Id} has {volume.Replicas.Count} of its {volume.Count} replicas, or is being changed: it is tried again", isPermanent: false);
        if (volume.TargetNode is null) throw new BackEndException($"{volume.Id} is not published, and Mayastor fills replicas of published volumes only: move it while an application uses it", isPermanent: true);
        var pools = await _client.PoolsAsync(cancellationToken);
        var pool = pools.FirstOrDefault(pool => pool.Id == effect.TargetPool) ?? throw new BackEndException($"there is no pool {effect.TargetPool}", isPermanent: true);
        Check(volume, pool, pools);

        // Replicas go to any node that is not cordoned: all others are, for the length of one request.
        var nodes = await ReapAsync(cancellationToken);
        if (nodes.SelectMany(node => node.Cordons).FirstOrDefault(IsOurs) is { } other)
            throw new BackEndException($"another replica is being placed (cordon {other}): it is tried again", isPermanent: false);
        var label = _options.CordonPrefix + (_time.GetUtcNow() + _options.CordonTimeToLive).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var others = nodes.Where(node => node.Id != pool.Node && node.Cordons.Count == 0 && volume.Replicas.All(replica => replica.Node != node.Id)).Select(node => node.Id).ToList();
        var cordoned = new List<string>();
        try
        {
            foreach (var node in others)
            {
                cordoned.Add(node);
                await _client.CordonAsync(node, label, cancellationToken);
            }

            await _client.SetReplicaCountAsync(volume.Id, volume.Count + 1, cancellationToken);
        }
        finally
        {
            foreach (var node in cordoned) await UncordonAsync(node, label);
        }

        return true;
    }

    private async Task<bool> RemoveAsync(VolumeEffect effect, CancellationToken cancellationToken)
    {
        var volume = await RequireAsync(effect.Volume, cancellationToken);
        if (volume.Find(effect.Replica) is not { } removed) return false;
        if (volume.IsBusy || volume.Replicas.Count != volume.Count)
            throw new BackEndException($"{volume.Id} has {volume.Replicas.Count} of its {volume.Count} replicas, or is being changed: it is tried again", isPermanent: false);
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
                if (long.TryParse(label.AsSpan(_options.CordonPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var until) && until >= now) continue;
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
        catch (Exception failure) when (failure is BackEndException or MayastorRefusal)
        {
            // It is left behind, and says until when it counts.
        }
    }
}
