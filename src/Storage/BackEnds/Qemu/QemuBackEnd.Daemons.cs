using Actors.Storage.BackEnds.Files;

namespace Actors.Storage.BackEnds.Qemu;

public sealed partial class QemuBackEnd
{
    private async Task EnsureDaemonAsync(VolumeDescriptor volume, bool isForMove, CancellationToken cancellationToken)
    {
        var isRunning = await IsRunningAsync(volume, cancellationToken);
        if (volume.DaemonIsForMove is true ? !isForMove : isForMove && !isRunning) await SetForMoveAsync(volume.Name, isForMove ? true : null, cancellationToken);
        if (isRunning) return;
        var (active, file) = await FileCall.RunAsync($"finding the data of {volume.Name}", () =>
        {
            var id = _volumes.ActiveOf(volume.Name);
            var replica = volume.Find(id) ?? throw new BackEndException($"{volume.Name} has no replica {id}", isPermanent: true);
            var pools = _pools.Read();
            _replicas.RequireLed(volume.Name, replica, pools);
            var path = FileReplicas.FileOf(volume.Name, replica, pools);
            return _files.Stamp(path) is not null ? (id, path) : throw new BackEndException($"{path} is missing: bring it back, or the pool's disk", isPermanent: false);
        }, cancellationToken);
        await DaemonOf(volume.Name).StartAsync(active, file, cancellationToken);
    }

    // One that ends, as somebody else has asked it to, may not have removed its names yet, and would remove the next one's.
    private async Task<bool> IsRunningAsync(VolumeDescriptor volume, CancellationToken cancellationToken)
    {
        var pidFile = DaemonOf(volume.Name).PidFile;
        using var deadline = new CancellationTokenSource(_options.StepTimeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            while (await StateAsync(volume, linked.Token) is null)
            {
                if (DaemonEnd.HasEnded(pidFile)) return false;
                await DaemonEnd.PauseAsync(linked.Token);
            }

            return true;
        }
        catch (OperationCanceledException late) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new BackEndException($"the daemon of {volume.Name} neither answers nor ends in {_options.StepTimeout}: look at the process that {pidFile} names", isPermanent: false, late);
        }
    }

    /// <summary>What the daemon shows, after what it did was made durable; null when none runs.</summary>
    private async Task<QemuDaemonState?> StateAsync(VolumeDescriptor volume, CancellationToken cancellationToken, TimeSpan? timeout = null)
    {
        var state = await DaemonOf(volume.Name, timeout).TalkAsync($"reading {volume.Name}", async (client, token) =>
        {
            var seen = await QemuDaemon.StateAsync(client, token);
            if (seen.Job is not { IsConcluded: true, Error: null } || seen.Exported == QemuDaemon.MirrorNode) return seen;
            await Follow(seen);
            await client.ExecuteAsync("job-dismiss", Job(), token);
            return seen with { Job = null };
        }, () => (QemuDaemonState?)null, cancellationToken);
        if (state is not null)
        {
            await Follow(state);
            return state;
        }

        return await FileCall.RunAsync($"reading {volume.Name}", () => _volumes.Read(volume.Name) is not { Switching: { } switching } ? (QemuDaemonState?)null : throw new BackEndException(
            $"the daemon of {volume.Name} died while it was put onto {switching}, so nobody knows whether {switching} or {_volumes.ActiveOf(volume.Name)} has the last writes: look at both, "
            + $"make {_volumes.LinkOf(volume.Name)} lead to the right one, and take \"switching\" out of the volume.json beside it", isPermanent: true), cancellationToken);

        Task Follow(QemuDaemonState seen) => FileCall.RunAsync($"noting where {volume.Name} runs", () =>
        {
            if (seen.Exported == QemuDaemon.MirrorNode) return;
            if (_volumes.ActiveOf(volume.Name) != seen.Exported)
            {
                var now = _volumes.Read(volume.Name)?.Find(seen.Exported) ?? throw new BackEndException($"{volume.Name} has no replica {seen.Exported}", isPermanent: true);
                _volumes.Lead(volume.Name, FileReplicas.FileOf(volume.Name, now, _pools.Read()));
            }

            if (_volumes.Read(volume.Name) is { Switching: not null }) _volumes.Change(volume.Name, before => before with { Switching = null });
        }, cancellationToken);
    }

    // A daemon that was started to move the volume, and that nobody has come to use, has nothing left to do.
    private async Task EndMoveAsync(string volume, CancellationToken cancellationToken)
    {
        if (await FindAsync(volume, cancellationToken) is not { DaemonIsForMove: true } || UnixSockets.HasClients(DaemonOf(volume).NbdSocket)) return;
        await QuitAsync(volume, cancellationToken);
        await SetForMoveAsync(volume, null, cancellationToken);
    }

    private Task<VolumeDescriptor> SetForMoveAsync(string volume, bool? isForMove, CancellationToken cancellationToken) =>
        FileCall.RunAsync($"noting why {volume} has a daemon", () => _volumes.Change(volume, before => before with { DaemonIsForMove = isForMove }), cancellationToken);

    private Task<bool> QuitAsync(string volume, CancellationToken cancellationToken) => DaemonOf(volume).TalkAsync($"ending the daemon of {volume}", async (client, token) =>
    {
        await client.ExecuteAsync("quit", null, token);
        try
        {
            while (true) await client.NextEventAsync(token);
        }
        catch (IOException)
        {
            // It closed the connection.
        }

        await DaemonEnd.WaitAsync(DaemonOf(volume).PidFile, token);
        return true;
    }, () => false, cancellationToken);
}
