namespace Actors.Log;

/// <summary>The file system, or the quota on it, has no room for a write.</summary>
public sealed class NoSpaceException(string path, Exception? cause = null)
    : IOException($"There is no space left for {path}.", cause)
{
    public string Path { get; } = path;
}
