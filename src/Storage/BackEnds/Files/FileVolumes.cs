using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Actors.Storage.BackEnds.Files;

/// <summary>
/// The folder with a folder for each volume: <c>volume.json</c>, which tells of the replicas, and the link <c>data</c>, which leads to the active one's file and is what applications
/// open. A volume is put onto another replica by renaming a new link over that one.
/// </summary>
/// <remarks>Descriptors are changed by one process at a time (a lock on the file <c>lock</c>) and are whole whenever the power fails.</remarks>
internal sealed partial class FileVolumes(IVolumeFiles files, string folder)
{
    private const string Descriptor = "volume.json";
    private const string Link = "data";
    private const int MaxDescriptorBytes = 1 << 20;

    private readonly ConcurrentDictionary<string, Lock> _changing = new();

    /// <summary>Names of all volumes.</summary>
    /// <remarks>One whose folder cannot be looked into counts: reading it says why.</remarks>
    public IReadOnlyList<string> Names() => [.. files.ListFolders(folder).Where(MayBeVolume).Order(StringComparer.Ordinal)];

    /// <summary>A volume's descriptor; null when there is no such volume.</summary>
    public VolumeDescriptor? Read(string volume)
    {
        var path = Path.Combine(FolderOf(volume), Descriptor);
        try
        {
            if (AtomicFile.Read(files, path, MaxDescriptorBytes) is not { } text) return null;
            if (JsonSerializer.Deserialize(text, FilesJson.Default.VolumeDescriptor) is not { } read || read.Name != volume)
                throw new BackEndException($"{path} does not describe {volume}: bring it back from a copy", isPermanent: true);
            return read.FindMistake() is not { } mistake ? read : throw new JsonException(mistake);
        }
        catch (JsonException mistake)
        {
            throw new BackEndException($"{path} is damaged ({mistake.Message}): bring it back from a copy; the data lies where {LinkOf(volume)} leads", isPermanent: true, mistake);
        }
    }

    /// <summary>Reads, changes and writes a descriptor; nothing is written when nothing changes.</summary>
    public VolumeDescriptor Change(string volume, Func<VolumeDescriptor, VolumeDescriptor> change)
    {
        lock (_changing.GetOrAdd(volume, _ => new Lock()))
        {
            using var alone = files.OpenToFill(Path.Combine(FolderOf(volume), "lock"));
            var before = Read(volume) ?? throw Missing(volume);
            var after = change(before);
            if (after != before) Write(after);
            return after;
        }
    }

    /// <summary>Begins a volume that there is not; its file is there.</summary>
    public void Create(VolumeDescriptor volume, string file)
    {
        var path = FolderOf(volume.Name);
        files.CreateFolder(path);
        files.SyncFolder(folder);
        Lead(volume.Name, file);
        Write(volume);
    }

    /// <summary>The id of the replica that the volume runs on.</summary>
    public string ActiveOf(string volume)
    {
        var target = files.ReadLink(LinkOf(volume)) ?? throw new BackEndException($"{LinkOf(volume)} is missing: make it lead to the file of the replica that holds {volume}", isPermanent: true);
        return ReplicaFile().Match(Path.GetFileName(target)) is { Success: true } match && match.Groups["volume"].Value == volume
            ? match.Groups["replica"].Value
            : throw new BackEndException($"{LinkOf(volume)} leads to {target}, which is no replica of {volume}: make it lead to one", isPermanent: true);
    }

    /// <summary>The whole path to which the volume's link leads; null when it is missing.</summary>
    public string? TargetOf(string volume) => files.ReadLink(LinkOf(volume)) is { } target ? Path.GetFullPath(target, Path.GetFullPath(FolderOf(volume))) : null;

    /// <summary>Puts a volume onto a file, in one step.</summary>
    public void Lead(string volume, string file)
    {
        var link = LinkOf(volume);
        files.CreateLink(link + ".new", file);
        files.Rename(link + ".new", link);
        files.SyncFolder(FolderOf(volume));
    }

    /// <summary>Makes the link's last change durable.</summary>
    public void SyncLink(string volume) => files.SyncFolder(FolderOf(volume));

    /// <summary>What applications open.</summary>
    public string LinkOf(string volume) => Path.Combine(FolderOf(volume), Link);

    /// <summary>Writes a byte, and tells what time file systems have now.</summary>
    public FileStamp Tick(string volume)
    {
        var path = Path.Combine(FolderOf(volume), "clock");
        using (var clock = files.OpenToFill(path)) clock.Write([0], 0);
        return files.Stamp(path) ?? throw new IOException($"{path} has vanished");
    }

    public static BackEndException Missing(string volume) => new($"there is no volume {volume}", isPermanent: true);

    private bool MayBeVolume(string name)
    {
        try
        {
            return files.Stamp(Path.Combine(folder, name, Descriptor)) is not null;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private void Write(VolumeDescriptor volume) =>
        AtomicFile.Write(files, Path.Combine(FolderOf(volume.Name), Descriptor), JsonSerializer.SerializeToUtf8Bytes(volume, FilesJson.Default.VolumeDescriptor));

    private string FolderOf(string volume) => VolumeName().IsMatch(volume)
        ? Path.Combine(folder, volume)
        : throw new BackEndException($"{volume} cannot be a volume's name: 1 to 200 letters, digits, '.', '_' and '-', a letter or digit first", isPermanent: true);

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,199}\z", RegexOptions.CultureInvariant)]
    private static partial Regex VolumeName();

    [GeneratedRegex(@"^(?<volume>.+)\.(?<replica>r[0-9]+)\.img\z", RegexOptions.CultureInvariant)]
    private static partial Regex ReplicaFile();
}
