using Orleans.Runtime;

namespace Actors.Silo.Stores;

/// <summary>
/// Makes grain ids of the texts with which a store marks grains that have work. A text that is no id is left out, so that it keeps no
/// other grain asleep, and told of once in the log. Safe for use from any thread.
/// </summary>
/// <param name="table">Where the marks are, for people: "actors.grain_state".</param>
/// <param name="log">Told of what is left out.</param>
public sealed partial class MarkedGrains(string table, ILogger log)
{
    /// <summary>So many different texts are told of; more of them are no news any more.</summary>
    private const int MaxTold = 64;

    /// <summary>Characters of a text that the log shows; garbage has any length.</summary>
    private const int MaxShownChars = 200;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    /// <summary>The ids among the texts, in their order.</summary>
    public IReadOnlyList<GrainId> Read(IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        List<GrainId> grains = [];
        foreach (var text in texts)
        {
            if (GrainId.TryParse(text, out var grain)) grains.Add(grain);
            else if (IsNews(text)) LogNoGrain(log, text.Length > MaxShownChars ? text[..MaxShownChars] + "…" : text, table);
        }

        return grains;
    }

    private bool IsNews(string text)
    {
        lock (_lock) return _told.Count < MaxTold && _told.Add(text);
    }

    [LoggerMessage(
        4130,
        LogLevel.Warning,
        "A row says that the grain '{Text}' has work, and that is no grain's id (type/key): it is passed over, and nobody wakes such a grain here. A program of another "
        + "version, or a person, has written it. When no program needs it any more, delete the row from {Table}")]
    private static partial void LogNoGrain(ILogger logger, string text, string table);
}
