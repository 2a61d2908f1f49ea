namespace Actors.Log.Tests.Faults;

/// <summary>Something that a disk does not do: operations of a kind on paths that contain a text.</summary>
/// <param name="Kind">The operation.</param>
/// <param name="Path">Part of the path.</param>
public sealed record Fault(FileOperationKind Kind, string Path)
{
    /// <summary>From now on every such operation throws.</summary>
    internal void Begin(SimulatedFileSystem files, Func<string, Exception> exception, Action? onHit = null) => files.Before = operation =>
    {
        if (operation.Kind != Kind || !operation.Path.Contains(Path, StringComparison.Ordinal))
            return;
        onHit?.Invoke();
        throw exception(operation.Path);
    };

    public override string ToString() => $"{Kind} {Path}";
}
