using System.Collections.Concurrent;

namespace Actors.Cli.Bench;

/// <summary>Counts errors by name; any number of threads.</summary>
internal sealed class ErrorCounts
{
    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>Whether there were none.</summary>
    public bool IsEmpty => _counts.IsEmpty;

    /// <summary>Counts one.</summary>
    public void Add(string name) => _counts.AddOrUpdate(name, 1, static (_, count) => count + 1);

    /// <summary>The counts by name.</summary>
    public IReadOnlyDictionary<string, long> ToDictionary() => new SortedDictionary<string, long>(_counts, StringComparer.Ordinal);
}
