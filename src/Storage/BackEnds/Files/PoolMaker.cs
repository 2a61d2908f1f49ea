using System.Text.Json;
using System.Text.RegularExpressions;

namespace Actors.Storage.BackEnds.Files;

/// <summary>Makes folders pools. Shared by the back ends whose pools are folders.</summary>
internal static partial class PoolMaker
{
    /// <summary>Makes one of the options' folders a pool.</summary>
    /// <param name="files">The files.</param>
    /// <param name="folders">The options' folders.</param>
    /// <param name="pool">The pool.</param>
    /// <exception cref="BackEndException">It cannot be one.</exception>
    public static void Create(IVolumeFiles files, IReadOnlyList<string> folders, NewPool pool)
    {
        if (!PoolName().IsMatch(pool.Name)) throw new BackEndException($"{pool.Name} cannot be a pool's name: 1 to 200 letters, digits, '.', '_' and '-', a letter or digit first", isPermanent: true);
        ArgumentOutOfRangeException.ThrowIfNegative(pool.CapacityBytes);
        var folder = folders.FirstOrDefault(known => Same(known, pool.Folder)) ?? throw new BackEndException(
            $"{pool.Folder} is none of the folders in the options, which are {string.Join(", ", folders)}: add it there on every silo, and start them again", isPermanent: true);
        if (new FilePools(files, folders).Read().FirstOrDefault(other => other.Descriptor is not null && other.Name == pool.Name && !Same(other.Folder, folder)) is { } twin)
            throw new BackEndException($"the pool in {twin.Folder} is called {pool.Name} already", isPermanent: true);
        var path = Path.Combine(folder, FilePools.Descriptor);
        if (files.Stamp(path) is not null) throw new BackEndException($"{folder} is a pool already: {path} says of which name", isPermanent: true);
        files.CreateFolder(folder);
        AtomicFile.Write(files, path, JsonSerializer.SerializeToUtf8Bytes(
            new PoolDescriptor { Name = pool.Name, Node = pool.Node, Labels = pool.Labels, CapacityBytes = pool.CapacityBytes }, FilesJson.Default.PoolDescriptor));
        files.SyncFolder(Path.GetDirectoryName(folder)!);
    }

    private static bool Same(string one, string other) => Whole(one) == Whole(other);

    private static string Whole(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,199}\z", RegexOptions.CultureInvariant)]
    private static partial Regex PoolName();
}
