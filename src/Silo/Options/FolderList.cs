namespace Actors.Silo.Options;

/// <summary>Folders in one text, with semicolons between them.</summary>
internal static class FolderList
{
    /// <summary>Their whole paths; none when there is no text.</summary>
    public static IReadOnlyList<string> Read(string? text) =>
        [.. (text ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Path.GetFullPath)];
}
