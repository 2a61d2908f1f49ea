using System.Collections.Concurrent;
using System.Text.Json;

namespace Actors.Storage.BackEnds.Files;

/// <summary>Reads the pools' folders, each time anew: a disk may go and come back.</summary>
internal sealed class FilePools(IVolumeFiles files, IReadOnlyList<string> folders)
{
    /// <summary>The descriptor's name in a pool's folder.</summary>
    public const string Descriptor = "pool.json";

    private const int MaxDescriptorBytes = 64 << 10;

    private readonly ConcurrentDictionary<string, PoolDescriptor> _known = new();

    public IReadOnlyList<FilePool> Read()
    {
        var pools = folders.Select(Read).ToList();
        for (var index = 0; index < pools.Count; index++)
        {
            if (pools.Take(index).FirstOrDefault(other => other.Name == pools[index].Name) is { } twin)
                pools[index] = pools[index] with { Problem = $"the folders {twin.Folder} and {pools[index].Folder} are both named {twin.Name}: give one of them another name in its {Descriptor}" };
        }

        return pools;
    }

    /// <summary>Bytes that new replicas may take. What is still to be written to replicas that are there is not free: their zeros take no room yet.</summary>
    public (long CapacityBytes, long FreeBytes) RoomOf(FilePool pool)
    {
        var (size, free) = files.Space(pool.Folder);
        var (length, allocated) = files.SumSizes(pool.Folder, FilePool.Ending);
        var capacity = pool.Descriptor is { CapacityBytes: > 0 } bound ? bound.CapacityBytes : size;
        return (capacity, Math.Max(0, Math.Min(free - Math.Max(0, length - allocated), capacity - length)));
    }

    private FilePool Read(string folder)
    {
        var path = Path.Combine(folder, Descriptor);
        try
        {
            if (AtomicFile.Read(files, path, MaxDescriptorBytes) is not { } text)
                return Broken(folder, $"{path} is missing: mount the pool's disk, or write the file if this is to be a pool");
            var descriptor = JsonSerializer.Deserialize(text, FilesJson.Default.PoolDescriptor);
            if (descriptor is null || descriptor.Name.Length == 0 || descriptor.CapacityBytes < 0)
                return Broken(folder, $"{path} lacks a name, or its capacity is below 0: correct it");
            _known[folder] = descriptor;
            return new FilePool(folder, descriptor, null);
        }
        catch (JsonException mistake)
        {
            return Broken(folder, $"{path} is not readable ({mistake.Message}): correct it");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Broken(folder, $"{path} is not readable: {failure.Message}");
        }
    }

    private FilePool Broken(string folder, string problem) => new(folder, _known.GetValueOrDefault(folder), problem);
}
