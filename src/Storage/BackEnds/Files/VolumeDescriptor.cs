using System.Text.RegularExpressions;

namespace Actors.Storage.BackEnds.Files;

/// <summary>What <c>volume.json</c> in a volume's folder says. Which replica is the active one is not in it: that is where the link beside it leads.</summary>
internal sealed partial record VolumeDescriptor
{
    /// <summary>The volume, and its folder's name.</summary>
    public required string Name { get; init; }

    public required string StorageClass { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Replicas that were ever made: the last one's number.</summary>
    public int LastReplica { get; init; }

    /// <summary>A replica is here before its file is made, and until after its file is removed.</summary>
    public IReadOnlyList<ReplicaDescriptor> Replicas { get; init; } = [];

    /// <summary>Where a daemon was told to put the volume, until the link leads there: should the daemon die in between, nobody knows which replica has the last writes. Back end <c>qemu</c> only.</summary>
    public string? Switching { get; init; }

    /// <summary>Whether its daemon was started to move it, so that it ends with that unless somebody uses it; null for false. Back end <c>qemu</c> only.</summary>
    public bool? DaemonIsForMove { get; init; }

    public ReplicaDescriptor? Find(string? id) => Replicas.FirstOrDefault(replica => replica.Id == id);

    /// <summary>What makes it no volume's, as after a slip in an editor; null when nothing does.</summary>
    public string? FindMistake()
    {
        if (Labels is null) return "labels are missing"; // what a text lacks is null here, whatever it begins with
        if (Replicas is null) return "replicas are missing";
        if (Labels.Any(label => label.Value is null)) return "a label has no value";
        if (Replicas.Any(replica => replica is null)) return "a replica is null";
        if (Replicas.FirstOrDefault(replica => !ReplicaId().IsMatch(replica.Id)) is { } odd) return $"\"{odd.Id}\" is no replica's id: r and a number";
        return Replicas.GroupBy(replica => replica.Id).FirstOrDefault(same => same.Count() > 1) is { } twice ? $"the replica {twice.Key} is there {twice.Count()} times" : null;
    }

    [GeneratedRegex(@"^r[0-9]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex ReplicaId();

    public VolumeDescriptor With(ReplicaDescriptor changed) => this with { Replicas = [.. Replicas.Select(replica => replica.Id == changed.Id ? changed : replica)] };
}
