using Actors.Storage.BackEnds;
using Actors.Storage.BackEnds.Files;
using Actors.Storage.BackEnds.Paced;
using Actors.Storage.Load;

namespace Actors.Bench.Storage.Copies;

/// <summary>Volumes that are files on a real disk, in pools that are folders of it.</summary>
internal sealed class CopyWorld : IAsyncDisposable
{
    /// <summary>Where volumes begin.</summary>
    public const string Cold = "cold";

    /// <summary>Where they go.</summary>
    public const string Hot = "hot";

    private const int ChunkBytes = 256 << 10;
    private const int SegmentBytes = 32 << 20;

    private readonly string _folder;
    private readonly FilesBackEnd _files;

    private CopyWorld(string folder, FilesBackEnd files, DiskActivity activity) =>
        (_folder, _files, Activity, Paced) = (folder, files, activity, new PacedBackEnd(files, activity, TimeProvider.System));

    /// <summary>The back end as a silo has it.</summary>
    public IVolumeBackEnd Paced { get; }

    /// <summary>What copies are at.</summary>
    public ICopyMeter Meter => _files;

    /// <summary>What is done on the disk beside copies.</summary>
    public DiskActivity Activity { get; }

    /// <summary>A file of its own beside the pools.</summary>
    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>Makes one in a new folder.</summary>
    public static CopyWorld Create(string parent)
    {
        Directory.CreateDirectory(parent);
        var folder = Path.Combine(parent, $"copies-{Environment.ProcessId}");
        foreach (var pool in (string[])[Cold, Hot]) FilesBackEnd.CreatePool(Path.Combine(folder, pool), new() { Name = pool, Node = "here" });
        var activity = new DiskActivity(new LinuxDisks());
        var options = new FilesOptions { VolumesFolder = Path.Combine(folder, "volumes"), PoolFolders = [Path.Combine(folder, Cold), Path.Combine(folder, Hot)] };
        return new CopyWorld(folder, new FilesBackEnd(options, TimeProvider.System, activity), activity);
    }

    /// <summary>A volume of bytes that are no zeros, which would not be written.</summary>
    public async Task AddAsync(string volume, long sizeBytes)
    {
        var link = await _files.CreateVolumeAsync(volume, "files", new Dictionary<string, string>(), Cold, sizeBytes, CancellationToken.None);
        Fill(link, sizeBytes);
    }

    /// <summary>What the disk takes when it is written as copies write it: pieces of 256 KiB past the page cache, a sync for each 32 MiB. Bytes per second.</summary>
    public double MeasureFloor(long bytes)
    {
        var path = PathOf("floor");
        var since = System.Diagnostics.Stopwatch.GetTimestamp();
        Fill(path, bytes);
        var seconds = System.Diagnostics.Stopwatch.GetElapsedTime(since).TotalSeconds;
        File.Delete(path);
        return bytes / seconds;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await ((IAsyncDisposable)Paced).DisposeAsync();
        await _files.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static void Fill(string path, long bytes)
    {
        var chunk = PageBuffer.Create(ChunkBytes);
        new Random(1).NextBytes(chunk.Span);
        using var file = LinuxVolumeFiles.Instance.OpenToFill(path);
        for (long at = 0; at < bytes; at += ChunkBytes)
        {
            file.Write(chunk.Span, at);
            if ((at + ChunkBytes) % SegmentBytes == 0) file.Sync();
        }

        file.Sync();
    }
}
