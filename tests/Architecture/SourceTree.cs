using Actors.Harness;

namespace Actors.Architecture.Tests;

/// <summary>The files of the repository as people wrote them: nothing built, downloaded or ignored.</summary>
internal static class SourceTree
{
    private static readonly HashSet<string> Skipped =
        [".git", ".vs", "artifacts", "artifacts-orleans", "bin", "obj", "node_modules", "__pycache__", "data"];

    /// <summary>Every file, relative to the repository, with '/' between names.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. Walk(Repository.Root).Order(StringComparer.Ordinal)];

    /// <summary>Files with one of these endings, below one of these folders (all when none is named).</summary>
    public static IEnumerable<string> With(string[] endings, params string[] folders) => Files.Where(file =>
        endings.Any(ending => file.EndsWith(ending, StringComparison.Ordinal))
        && (folders.Length == 0 || folders.Any(folder => file.StartsWith(folder + "/", StringComparison.Ordinal))));

    /// <summary>A file's text.</summary>
    public static string Read(string file) => File.ReadAllText(FullName(file));

    /// <summary>A file's absolute path.</summary>
    public static string FullName(string file) => Path.Combine(Repository.Root, file);

    /// <summary>Whether a file holds text: it has no zero byte at its beginning.</summary>
    public static bool IsText(string file)
    {
        using var stream = File.OpenRead(FullName(file));
        Span<byte> start = stackalloc byte[4_096];
        return !start[..stream.Read(start)].Contains((byte)0);
    }

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder).Where(file => !Skipped.Contains(Path.GetFileName(file))))
            yield return Path.GetRelativePath(Repository.Root, file).Replace('\\', '/');
        foreach (var inner in Directory.EnumerateDirectories(folder))
        {
            if (Skipped.Contains(Path.GetFileName(inner))) continue;
            foreach (var file in Walk(inner)) yield return file;
        }
    }
}
