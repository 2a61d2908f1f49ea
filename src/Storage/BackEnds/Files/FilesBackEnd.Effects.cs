using Actors.Storage.Migrations;

namespace Actors.Storage.BackEnds.Files;

public sealed partial class FilesBackEnd
{
    private void StartCopy(VolumeEffect effect)
    {
        lock (_gate)
        {
            if (_copies.TryGetValue(effect.Volume, out var running))
            {
                if (running.IsRunning)
                {
                    running.Renew(effect.Rate);
                    return;
                }

                _copies.Remove(effect.Volume);
                if (running.Replica == effect.Replica && running.Failure is { } failure) throw failure;
            }
        }

        var pools = _pools.Read();
        var volume = _volumes.Read(effect.Volume) ?? throw FileVolumes.Missing(effect.Volume);
        var target = volume.Find(effect.Replica);
        if (target?.Copy is not { } copy) throw new BackEndException($"{effect.Replica} is no new replica of {effect.Volume}", isPermanent: true);
        var source = volume.Find(copy.Source) ?? throw new BackEndException($"{copy.Source}, of which {target.Id} of {effect.Volume} is a copy, is gone", isPermanent: true);
        if (source.Id != _volumes.ActiveOf(volume.Name)) throw new BackEndException($"{effect.Volume} does not run on {source.Id}, of which {target.Id} is a copy", isPermanent: true);
        _replicas.RequireLed(volume.Name, source, pools);
        var (from, to) = (FileReplicas.FileOf(volume.Name, source, pools), FileReplicas.FileOf(volume.Name, target, pools));
        RequireClosed(volume.Name, from, isPermanent: false); // the copy of a silo that had the volume before may not have ended yet
        lock (_gate) _copies.TryAdd(volume.Name, new FileCopy(_options, _time, _files, _volumes, new(volume.Name, source.Id, target.Id, from, to), effect.Rate, _activity));
    }

    private async Task StopCopyAsync(string volume, CancellationToken cancellationToken)
    {
        if (CopyOf(volume) is not { } copy) return;
        await copy.StopAsync().WaitAsync(cancellationToken);
        lock (_gate)
        {
            // Why it is of no use to go on is told to whoever starts it again.
            if (_copies.GetValueOrDefault(volume) == copy && copy.Failure is not { IsPermanent: true }) _copies.Remove(volume);
        }

        await copy.DisposeAsync();
    }

    private void Switch(string name, string? replica)
    {
        var pools = _pools.Read();
        var volume = _volumes.Read(name) ?? throw FileVolumes.Missing(name);
        var active = _volumes.ActiveOf(name);
        if (active == replica)
        {
            _volumes.SyncLink(name); // the rename of an earlier call may not have been made durable
            return;
        }

        var (old, wanted) = (volume.Find(active), volume.Find(replica));
        if (old is null || wanted is null) throw new BackEndException($"{name} has no replica {(old is null ? active : replica)}", isPermanent: true);
        var (from, to) = (FileReplicas.FileOf(name, old, pools), FileReplicas.FileOf(name, wanted, pools));
        using var next = ClosedFile.Hold(_files, name, to, isPermanent: false); // to the end: whoever follows the new link waits until it is sure
        using (var hold = ClosedFile.Hold(_files, name, from, isPermanent: false))
        {
            var looks = Look(volume, pools);
            if (!looks.Replicas.Single(view => view.Id == replica).IsInSync)
                throw new BackEndException($"{name} was written to since {replica} was copied: it stays on {active}", isPermanent: false);
            _volumes.Lead(name, to);
            if (hold.IsWanted)
            {
                _volumes.Lead(name, from);
                throw new BackEndException($"{name} was opened while it was put onto {replica}: it stays on {active}", isPermanent: false);
            }
        }

        // Whoever had followed the old link already, and opened the file as the hold ended.
        try
        {
            RequireClosed(name, from, isPermanent: false);
        }
        catch (BackEndException)
        {
            _volumes.Lead(name, from);
            throw;
        }
    }

    private async Task RemoveAsync(VolumeEffect effect, CancellationToken cancellationToken)
    {
        if (CopyOf(effect.Volume)?.Replica == effect.Replica) await StopCopyAsync(effect.Volume, cancellationToken);
        await FileCall.RunAsync($"removing {effect.Replica} of {effect.Volume}", () => Remove(effect.Volume, effect.Replica, effect.Effect == MigrationEffect.ForgetReplica), cancellationToken);
    }

    private void Remove(string name, string? replica, bool isForgotten)
    {
        var pools = _pools.Read();
        if (_volumes.Read(name) is not { } volume || volume.Find(replica) is not { } removed) return;
        var looks = Look(volume, pools);
        if (looks.Active == replica) throw new BackEndException($"{name} runs on {replica}, which is not removed", isPermanent: true);
        if (!looks.Replicas.Single(view => view.Id == looks.Active).IsInSync)
            throw new BackEndException($"the file of {looks.Active}, on which {name} runs, is missing: {replica} is kept", isPermanent: false);
        if (isForgotten && _replicas.Forget(volume, removed, looks.Active)) return;
        var file = FileReplicas.FileOf(name, removed, pools);
        try
        {
            using var hold = _files.Stamp(file) is null ? null : ClosedFile.Hold(_files, name, file, isPermanent: false); // to the end: whoever wants it in between finds none
            RequireUnwritten(volume, removed, volume.Find(looks.Active), file);
            _replicas.Remove(volume, removed, looks.Active);
        }
        catch (IOException) when (isForgotten)
        {
            _replicas.Drop(name, removed.Id, looks.Active); // its disk answers with errors
        }
    }

    // Whoever found the file by another way than the link may have written to it after the volume had left it: what is there only, nobody else has.
    private void RequireUnwritten(VolumeDescriptor volume, ReplicaDescriptor removed, ReplicaDescriptor? active, string file)
    {
        if (_files.Stamp(file) is not { } stamp) return;
        var known = active?.Copy is { } copy && copy.Source == removed.Id ? copy.SourceStamp : removed.Copy?.OwnStamp;
        if (known is null || (stamp.LengthBytes == known.LengthBytes && stamp.ModifiedNs == known.ModifiedNs)) return;
        throw new BackEndException(
            $"{file} was written to although {volume.Name} runs on {active?.Id}: it is kept; look at both, save what is only there, and remove that file", isPermanent: false);
    }

    private void RequireClosed(string volume, string file, bool isPermanent) => ClosedFile.Hold(_files, volume, file, isPermanent).Dispose();
}
