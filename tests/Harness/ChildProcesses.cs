using System.Globalization;

namespace Actors.Harness;

/// <summary>The processes that another one has started.</summary>
public static class ChildProcesses
{
    /// <summary>The ids of those that are there now, the oldest first.</summary>
    public static IReadOnlyList<int> Of(int processId) =>
    [
        .. Directory.EnumerateDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/task"))
            .SelectMany(static task => File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(static id => int.Parse(id, CultureInfo.InvariantCulture))
            .Order(),
    ];

    /// <summary>Whether a process is there; one that has ended, and is waited for by nobody, is not.</summary>
    public static bool IsThere(int processId) => Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}"));
}
