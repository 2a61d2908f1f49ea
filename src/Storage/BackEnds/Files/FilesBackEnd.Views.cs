using Actors.Storage.Migrations;
using Actors.Storage.Tiering;

namespace Actors.Storage.BackEnds.Files;

public sealed partial class FilesBackEnd
{
    private VolumeFacts Facts(string name, IReadOnlyList<FilePool> pools)
    {
        try
        {
            if (_volumes.Read(name) is { } descriptor)
            {
                var looks = Look(descriptor, pools);
                return new VolumeFacts(
                    name, descriptor.StorageClass, descriptor.Labels, looks.LengthBytes, [.. looks.Replicas.Select(replica => replica.Pool)],
                    looks.Replicas.All(replica => replica.IsInSync), IsMoving: false);
            }
        }
        catch (Exception failure) when (failure is BackEndException or IOException or UnauthorizedAccessException)
        {
            // ReadAsync says what is wrong with it.
        }

        return FileReplicas.Unreadable(name);
    }

    private (IReadOnlyList<ReplicaView> Replicas, string Active, long LengthBytes) Look(VolumeDescriptor volume, IReadOnlyList<FilePool> pools)
    {
        var active = _volumes.ActiveOf(volume.Name);
        if (volume.Find(active) is { } led) _replicas.RequireLed(volume.Name, led, pools);
        var stamps = volume.Replicas.ToDictionary(replica => replica.Id, replica => _replicas.StampOf(volume.Name, replica, pools));
        var length = stamps.GetValueOrDefault(active)?.LengthBytes ?? 0;
        return ([.. volume.Replicas.Select(replica =>
        {
            var isInSync = IsCurrent(volume, replica.Id, active, stamps);
            var isFaulted = stamps[replica.Id] is null && replica.Copy is not { SyncedBytes: 0 };
            return new ReplicaView(replica.Id, replica.Pool, isInSync, isFaulted, isInSync, replica.Copy is { } copy ? copy.SyncedBytes : length);
        })], active, length);
    }

    // The active one is what the volume is; another is in sync while a copy between the two still describes both files.
    private static bool IsCurrent(VolumeDescriptor volume, string replica, string active, Dictionary<string, FileStamp?> stamps) =>
        stamps.GetValueOrDefault(replica) is { } own
        && (replica == active || volume.Replicas.Any(other => other.Copy is { OwnStamp: { } filled } copy
            && ((other.Id == replica && copy.Source == active && filled == own && copy.SourceStamp == stamps.GetValueOrDefault(active))
                || (other.Id == active && copy.Source == replica && filled == stamps.GetValueOrDefault(active) && copy.SourceStamp == own))));
}
