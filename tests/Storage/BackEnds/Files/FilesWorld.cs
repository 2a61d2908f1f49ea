using System.Globalization;
using System.Security.Cryptography;
using Actors.Harness;
using Actors.Storage.BackEnds;
using Actors.Storage.BackEnds.Files;
using Actors.Storage.Load;

namespace Actors.Storage.Tests.BackEnds.Files;

/// <summary>Real files in folders of their own, under a seam that can fail.</summary>
internal sealed class FilesWorld : BackEndWorld
{
    private readonly TemporaryDirectory _directory = new();
    private readonly UnsyncedHistory _history = new(LinuxVolumeFiles.Instance);
    private readonly TimeProvider _time;
    private FilesBackEnd _backEnd;

    private FilesWorld(TimeProvider time)
    {
        _time = time;
        foreach (var (pool, node) in ((string, string)[])[("cold-a", "n1"), ("cold-b", "n2"), ("hot-c", "n3")])
            FilesBackEnd.CreatePool(PoolFolder(pool), new() { Name = pool, Node = node, Labels = new Dictionary<string, string> { ["tier"] = pool[..^2] }, CapacityBytes = 64 << 20 });
        Files = new FaultyVolumeFiles(LinuxVolumeFiles.Instance, _history);
        _backEnd = New();
    }

    public FaultyVolumeFiles Files { get; private set; }

    public override IVolumeBackEnd BackEnd => _backEnd;

    public FilesBackEnd Own => _backEnd;

    public string Link => LinkOf(Volume);

    public FilesOptions Options { get; set; } = new() { VolumesFolder = "", PoolFolders = [], SegmentBytes = 64 << 10 };

    /// <summary>Where the next back end counts what its copies do.</summary>
    public DiskActivity? Activity { get; set; }

    public static async Task<FilesWorld> StartAsync(int sizeBytes = 200_000, TimeProvider? time = null)
    {
        var world = new FilesWorld(time ?? TimeProvider.System);
        await world.AddAsync(world.Volume, sizeBytes, world.SourcePool);
        return world;
    }

    public string PoolFolder(string pool) => _directory.Path(pool);

    public string LinkOf(string volume) => Path.Combine(_directory.Path("volumes"), volume, "data");

    public string Descriptor => Path.Combine(_directory.Path("volumes"), Volume, "volume.json");

    /// <summary>A volume of bytes that tell their place, with a run of zeros in the middle.</summary>
    public async Task AddAsync(string volume, int sizeBytes, string pool)
    {
        var link = await _backEnd.CreateVolumeAsync(volume, "fast", new Dictionary<string, string> { ["app"] = "db" }, pool, sizeBytes, CancellationToken.None);
        var content = new byte[sizeBytes];
        new Random(volume.Sum(letter => letter)).NextBytes(content);
        content.AsSpan(sizeBytes / 3, sizeBytes / 3).Clear();
        await File.WriteAllBytesAsync(link, content);
    }

    /// <summary>An application opens the volume, writes, and closes it.</summary>
    public void Write(byte value)
    {
        using var file = new FileStream(Link, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.WriteByte(value);
    }

    public IReadOnlyList<string> Replicas() =>
        [.. ((string[])["cold-a", "cold-b", "hot-c"]).SelectMany(pool => Directory.Exists(PoolFolder(pool)) ? Directory.EnumerateFiles(PoolFolder(pool), "*.img") : [])
            .Select(file => Path.GetFileName(Path.GetDirectoryName(file)) + "/" + Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    public override async Task CrashAsync()
    {
        Files.Kill();
        await _backEnd.DisposeAsync();
        Files.EndProcess();
        Files = new FaultyVolumeFiles(LinuxVolumeFiles.Instance, _history);
        _backEnd = New();
    }

    /// <summary>Another silo's back end over the same folders; whoever asks for it disposes of it.</summary>
    public FilesBackEnd StartAnother() => New();

    /// <summary>The same back end, seen from another volume.</summary>
    public BackEndWorld With(string volume, string source) => new Neighbour(this) { Volume = volume, SourcePool = source };

    public override Task PassAsync() => _backEnd.WhenNotCopying(Volume).WaitAsync(Guard);

    public override Task<string> ChecksumAsync() => Task.FromResult(ChecksumOf(Link));

    public static string ChecksumOf(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return string.Create(CultureInfo.InvariantCulture, $"{file.Length} {Convert.ToHexString(SHA256.HashData(file))}");
    }

    public override async ValueTask DisposeAsync()
    {
        await _backEnd.DisposeAsync();
        _directory.Dispose();
    }

    private FilesBackEnd New() => new(
        Options with { VolumesFolder = _directory.Path("volumes"), PoolFolders = [PoolFolder("cold-a"), PoolFolder("cold-b"), PoolFolder("hot-c")] }, _time, Files, Activity);

    private sealed class Neighbour(FilesWorld world) : BackEndWorld
    {
        public override IVolumeBackEnd BackEnd => world.BackEnd;

        public override Task CrashAsync() => world.CrashAsync();

        public override Task PassAsync() => world._backEnd.WhenNotCopying(Volume).WaitAsync(Guard);

        public override Task<string> ChecksumAsync() => Task.FromResult(ChecksumOf(world.LinkOf(Volume)));

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
