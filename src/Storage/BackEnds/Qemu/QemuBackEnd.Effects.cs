using System.Text.Json.Nodes;
using Actors.Storage.BackEnds.Files;
using Actors.Storage.Migrations;
using Actors.Storage.Tiering;

namespace Actors.Storage.BackEnds.Qemu;

public sealed partial class QemuBackEnd
{
    private async Task StartCopyAsync(VolumeEffect effect, CancellationToken cancellationToken)
    {
        var volume = await RequireAsync(effect.Volume, cancellationToken);
        if (volume.Find(effect.Replica) is not { Copy: { } copy } target) throw new BackEndException($"{effect.Replica} is no new replica of {effect.Volume}", isPermanent: true);
        var file = await FileCall.RunAsync($"finding {target.Id} of {volume.Name}", () => FileReplicas.FileOf(volume.Name, target, _pools.Read()), cancellationToken);
        await EnsureDaemonAsync(volume, isForMove: true, cancellationToken);
        _leases.Hold(volume.Name, effect.Rate.TimeToLive);
        await DaemonOf(volume.Name).TalkAsync($"copying {volume.Name} to {effect.TargetPool}", async (client, token) =>
        {
            var state = await QemuDaemon.StateAsync(client, token);
            if (state.Job is { IsConcluded: true } ended)
            {
                await client.ExecuteAsync("job-dismiss", Job(), token);
                await CloseAsync(client, target.Id, token);
                if (ended.Error is { } error)
                    throw new BackEndException($"the copy of {volume.Name} to {effect.TargetPool} failed: {error}", error.Contains("No space left", StringComparison.Ordinal));
                state = await QemuDaemon.StateAsync(client, token);
            }

            if (state.Job is null)
            {
                if (state.Exported != copy.Source) throw new BackEndException($"{volume.Name} does not run on {copy.Source}, of which {target.Id} is a copy", isPermanent: true);
                if (!state.Nodes.Contains(target.Id)) await client.ExecuteAsync("blockdev-add", QemuDaemon.Node(target.Id, file), token);
                await client.ExecuteAsync("blockdev-mirror", new JsonObject
                {
                    ["job-id"] = QemuJob.Id,
                    ["device"] = copy.Source,
                    ["target"] = target.Id,
                    ["sync"] = "full",
                    ["speed"] = Math.Max(1, effect.Rate.BytesPerSecond),
                    ["filter-node-name"] = QemuDaemon.MirrorNode,
                    ["auto-dismiss"] = false,
                }, token);
                return true;
            }

            await client.ExecuteAsync("block-job-set-speed", Speed(effect.Rate.BytesPerSecond), token);
            if (state.Job.IsStopped) await client.ExecuteAsync("job-resume", Job(), token);
            return true;
        }, () => throw Gone(volume.Name), cancellationToken);
    }

    private async Task StopCopyAsync(string volume, CancellationToken cancellationToken)
    {
        await DaemonOf(volume).TalkAsync($"stopping the copy of {volume}", async (client, token) =>
        {
            if ((await QemuDaemon.StateAsync(client, token)).Job is not { IsCopying: true }) return false;
            await client.ExecuteAsync("job-pause", Job(), token);
            return await WaitAsync(client, state => state.Job is not { IsCopying: true }, token);
        }, () => false, cancellationToken);
        _leases.Drop(volume);
    }

    // What the daemon does here is one step for its clients; what is durable names it before and follows it after.
    private async Task SwitchAsync(VolumeEffect effect, CancellationToken cancellationToken)
    {
        var volume = await RequireAsync(effect.Volume, cancellationToken);
        var replica = volume.Find(effect.Replica) ?? throw new BackEndException($"{volume.Name} has no replica {effect.Replica}", isPermanent: true);
        var state = await StateAsync(volume, cancellationToken);
        if ((state?.Exported ?? _volumes.ActiveOf(volume.Name)) == replica.Id) return;
        if (state?.Job is not { IsReady: true, Error: null })
            throw new BackEndException($"{replica.Id} of {volume.Name} does not have everything: the volume stays where it is", isPermanent: false);
        await FileCall.RunAsync($"noting where {volume.Name} goes", () => _volumes.Change(volume.Name, before => before with { Switching = replica.Id }), cancellationToken);
        await DaemonOf(volume.Name).TalkAsync($"putting {volume.Name} onto {replica.Id}", async (client, token) =>
        {
            if (state.Job.IsStopped) await client.ExecuteAsync("job-resume", Job(), token);
            await client.ExecuteAsync("job-complete", Job(), token);
            return await WaitAsync(client, now => now.Job is not { IsConcluded: false }, token);
        }, () => throw Gone(volume.Name), cancellationToken);
        _leases.Drop(volume.Name);
        if ((await StateAsync(volume, cancellationToken))?.Exported != replica.Id)
            throw new BackEndException($"{volume.Name} was not put onto {replica.Id}: it stays where it is", isPermanent: false);
    }

    private async Task RemoveAsync(VolumeEffect effect, CancellationToken cancellationToken)
    {
        if (await FindAsync(effect.Volume, cancellationToken) is not { } volume || volume.Find(effect.Replica) is not { } removed) return;
        var state = await StateAsync(volume, cancellationToken);
        var active = await FileCall.RunAsync($"finding the data of {volume.Name}", () =>
        {
            var id = ActiveOf(volume, state);
            if (id == removed.Id) throw new BackEndException($"{volume.Name} runs on {id}, which is not removed", isPermanent: true);
            return _replicas.StampOf(volume.Name, volume.Find(id) ?? throw FileVolumes.Missing(volume.Name), _pools.Read()) is not null ? id
                : throw new BackEndException($"the file of {id}, on which {volume.Name} runs, is missing: {removed.Id} is kept", isPermanent: false);
        }, cancellationToken);
        _leases.Drop(volume.Name);
        await DaemonOf(volume.Name).TalkAsync($"removing {removed.Id} of {volume.Name}", async (client, token) =>
        {
            if (state?.Job is { } job)
            {
                if (!job.IsConcluded) await client.ExecuteAsync("block-job-cancel", new JsonObject { ["device"] = QemuJob.Id, ["force"] = true }, token);
                await WaitAsync(client, now => now.Job is not { IsConcluded: false }, token);
                await client.ExecuteAsync("job-dismiss", Job(), token);
            }

            return await CloseAsync(client, removed.Id, token);
        }, () => false, cancellationToken);
        var isForgotten = effect.Effect == MigrationEffect.ForgetReplica;
        await FileCall.RunAsync($"removing {removed.Id} of {volume.Name}", () =>
        {
            if (isForgotten && _replicas.Forget(volume, removed, active)) return;
            try
            {
                _replicas.Remove(volume, removed, active);
            }
            catch (IOException) when (isForgotten)
            {
                _replicas.Drop(volume.Name, removed.Id, active); // its disk answers with errors
            }
        }, cancellationToken);
        await EndMoveAsync(volume.Name, cancellationToken);
    }

    private Task<bool> LowerAsync(string volume, CancellationToken cancellationToken) => SetSpeedAsync(volume, _options.UnheldBytesPerSecond, cancellationToken);

    private Task<bool> SetSpeedAsync(string volume, long bytesPerSecond, CancellationToken cancellationToken) => DaemonOf(volume).TalkAsync($"setting the rate of {volume}", async (client, token) =>
    {
        if ((await QemuDaemon.StateAsync(client, token)).Job is not { IsCopying: true }) return false;
        await client.ExecuteAsync("block-job-set-speed", Speed(bytesPerSecond), token);
        if (bytesPerSecond == 0) await client.ExecuteAsync("job-pause", Job(), token);
        return true;
    }, () => false, cancellationToken);

    private string ActiveOf(VolumeDescriptor volume, QemuDaemonState? state) =>
        state is null || state.Exported == QemuDaemon.MirrorNode ? _volumes.ActiveOf(volume.Name) : state.Exported;

    private (IReadOnlyList<ReplicaView> Replicas, string Active, long LengthBytes) Look(VolumeDescriptor volume, QemuDaemonState? state, IReadOnlyList<FilePool> pools)
    {
        var active = ActiveOf(volume, state);
        if (volume.Find(active) is { } led) _replicas.RequireLed(volume.Name, led, pools);
        var stamps = volume.Replicas.ToDictionary(replica => replica.Id, replica => _replicas.StampOf(volume.Name, replica, pools));
        var length = stamps.GetValueOrDefault(active)?.LengthBytes ?? 0;
        return ([.. volume.Replicas.Select(replica =>
        {
            var isThere = stamps[replica.Id] is not null;
            var isActive = replica.Id == active;
            var job = !isActive && replica.Copy?.Source == active ? state?.Job : null;
            var isInSync = isThere && (isActive || job is { IsReady: true, Error: null });
            var synced = isActive || isInSync ? length : job is { IsConcluded: false } ? Math.Max(0, length - job.RemainingBytes) : 0;
            return new ReplicaView(replica.Id, replica.Pool, isInSync, !isThere && replica.Copy is null, isInSync, synced);
        })], active, length);
    }

    private async Task<VolumeFacts> FactsAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            if (await FindAsync(name, cancellationToken) is { } descriptor)
            {
                var state = await StateAsync(descriptor, cancellationToken, _options.LookTimeout);
                var looks = await FileCall.RunAsync($"reading {name}", () => Look(descriptor, state, _pools.Read()), cancellationToken);
                return new VolumeFacts(
                    name, descriptor.StorageClass, descriptor.Labels, looks.LengthBytes, [.. looks.Replicas.Select(replica => replica.Pool)],
                    looks.Replicas.All(replica => replica.IsInSync), IsMoving: false);
            }
        }
        catch (BackEndException)
        {
            // ReadAsync says what is wrong with it.
        }

        return FileReplicas.Unreadable(name);
    }

    // Events come whenever a job's status changes; the state is read anew at each.
    private static async Task<bool> WaitAsync(QmpClient client, Func<QemuDaemonState, bool> isReached, CancellationToken cancellationToken)
    {
        while (!isReached(await QemuDaemon.StateAsync(client, cancellationToken)))
        {
            while ((string?)(await client.NextEventAsync(cancellationToken))["event"] != "JOB_STATUS_CHANGE")
            {
                // Of something else.
            }
        }

        return true;
    }

    private static async Task<bool> CloseAsync(QmpClient client, string replica, CancellationToken cancellationToken)
    {
        if (!(await QemuDaemon.StateAsync(client, cancellationToken)).Nodes.Contains(replica)) return false;
        await client.ExecuteAsync("blockdev-del", new JsonObject { ["node-name"] = replica }, cancellationToken);
        return true;
    }

    private static BackEndException Gone(string volume) => new($"the daemon of {volume} is gone; it is started again", isPermanent: false);

    private static JsonObject Job() => new() { ["id"] = QemuJob.Id };

    // 0 means without a bound to QEMU; a copy without a rate is paused instead.
    private static JsonObject Speed(long bytesPerSecond) => new() { ["device"] = QemuJob.Id, ["speed"] = Math.Max(1, bytesPerSecond) };
}
