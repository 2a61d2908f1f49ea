namespace Actors.Storage.BackEnds.Files;

/// <summary>What <c>volume.json</c> in a volume's folder says. Which replica is the active one is not in it: that is where the link beside it leads.</summary>
internal sealed record VolumeDescriptor
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

    public ReplicaDescriptor? Find(string? id) => Replicas.FirstOrDefault(replica => replica.Id == id);

    public VolumeDescriptor With(ReplicaDescriptor changed) => this with { Replicas = [.. Replicas.Select(replica => replica.Id == changed.Id ? changed : replica)] };
}
