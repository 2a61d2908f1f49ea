using Actors.Grains.Agents;

namespace Actors.Silo.Stores;

/// <summary>Rows of one statement, each key once and in one order: a statement cannot change a row twice, and two that lock rows in one order never wait for each other.</summary>
internal static class AgentRowsOnce
{
    /// <summary>Values by agent and name, whatever language the silo speaks.</summary>
    public static IComparer<MetadataKey> ByAgentAndName { get; } = Comparer<MetadataKey>.Create(static (one, other) =>
        one.Agent.CompareTo(other.Agent) is not 0 and var byAgent ? byAgent : string.CompareOrdinal(one.Name, other.Name));

    /// <summary>The newest row of each peer, by peer.</summary>
    public static List<PeerRow> Newest(this IReadOnlyList<PeerRow> rows)
    {
        ThrowUnlessFew(rows, IAgentPeerRows.MaxRows);
        return Newest(rows, static row => row.Peer, static row => row.Version);
    }

    /// <summary>The newest row of each tunnel, by source and destination.</summary>
    public static List<TunnelRow> Newest(this IReadOnlyList<TunnelRow> rows)
    {
        ThrowUnlessFew(rows, IAgentPeerRows.MaxRows);
        return Newest(rows, static row => (row.Source, row.Destination), static row => row.State.Version);
    }

    /// <summary>The rows of each key made one.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="maxRows">How many at most.</param>
    /// <param name="order">What they are ordered by; no two keys have the same.</param>
    /// <param name="comparer">Compares that; null: as it compares itself.</param>
    public static List<TRow> Merged<TKey, TRow, TOrder>(this IReadOnlyList<TRow> rows, int maxRows, Func<TRow, TOrder> order, IComparer<TOrder>? comparer = null)
        where TKey : notnull
        where TRow : IBatchRow<TKey, TRow>
    {
        ThrowUnlessFew(rows, maxRows);
        var merged = new Dictionary<TKey, TRow>(rows.Count);
        foreach (var row in rows) merged[row.Key] = merged.TryGetValue(row.Key, out var before) ? before.MergeWith(row) : row;
        return [.. merged.Values.OrderBy(order, comparer)];
    }

    private static List<TRow> Newest<TRow, TKey>(IReadOnlyList<TRow> rows, Func<TRow, TKey> key, Func<TRow, PeerVersion> version)
        where TKey : notnull
    {
        var newest = new Dictionary<TKey, TRow>(rows.Count);
        foreach (var row in rows)
        {
            if (!newest.TryGetValue(key(row), out var before) || version(row) > version(before)) newest[key(row)] = row;
        }

        return [.. newest.OrderBy(static entry => entry.Key).Select(static entry => entry.Value)];
    }

    private static void ThrowUnlessFew<TRow>(IReadOnlyList<TRow> rows, int maxRows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows.Count, maxRows);
    }
}
