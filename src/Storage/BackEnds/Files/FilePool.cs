namespace Actors.Storage.BackEnds.Files;

/// <summary>A pool as it was found.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="Descriptor">What its descriptor says, or said when it was read last; null when it never could be read.</param>
/// <param name="Problem">Why it is not usable, and what to do; null when it is.</param>
internal sealed record FilePool(string Folder, PoolDescriptor? Descriptor, string? Problem)
{
    /// <summary>How files of replicas end.</summary>
    public const string Ending = ".img";

    public string Name => Descriptor?.Name ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Folder));

    public string FileOf(string volume, string replica) => Path.Combine(Folder, $"{volume}.{replica}{Ending}");
}
