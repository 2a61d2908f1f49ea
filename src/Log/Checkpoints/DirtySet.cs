namespace Actors.Log;

/// <summary>Files and folders that were changed since the last checkpoint began.</summary>
internal sealed class DirtySet
{
    public HashSet<FileSlot> Files { get; } = [];

    public HashSet<string> Directories { get; } = [];
}
