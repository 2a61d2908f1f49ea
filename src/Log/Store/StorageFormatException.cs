namespace Actors.Log;

/// <summary>A folder cannot be used as this data directory: another format, another node's, or incomplete.</summary>
public sealed class StorageFormatException(string path, string finding) : IOException($"{path}: {finding}")
{
    public string Path { get; } = path;
}
