using System.Globalization;
using Actors.Agents;
using Actors.Grains.Agents;

namespace Actors.Silo.Stores;

/// <summary>Filters as the ends of SELECT statements, which both stores understand, with their values.</summary>
internal static class AgentConditions
{
    /// <summary>A page of agents, by id.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="clock">What status is computed from.</param>
    /// <param name="id">An id as the store keeps it.</param>
    public static (string Sql, object[] Values) Of(AgentFilter filter, StatusClock clock, Func<Guid, object> id)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ThrowUnlessPage(filter.Max, AgentFilter.MaxPage);
        var list = new Conditions();
        if (filter.Status is { } status)
        {
            // The clock's parts are $1, $2 and $3, as the expression has them.
            list.Value(clock.NowUtcMs);
            list.Value(clock.ConnectionTimeoutMs);
            list.Value(clock.InactiveAfterMs);
            list.Add($"{AgentSql.Status} = {list.Value((int)status)}");
        }

        if (filter.After is { } after) list.Add($"agent > {list.Value(id(after))}");
        if (filter.Lifecycle is { } lifecycle) list.Add($"coalesce(lifecycle, {(int)AgentLifecycle.Created}) = {list.Value((int)lifecycle)}");
        return list.End("agent", filter.Max);
    }

    /// <summary>A page of the connection log, newest first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="id">An id as the store keeps it.</param>
    public static (string Sql, object[] Values) Of(ConnectionFilter filter, Func<Guid, object> id)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ThrowUnlessPage(filter.Max, ConnectionFilter.MaxPage);
        var list = new Conditions();
        if (filter.Agent is { } agent) list.Add($"agent = {list.Value(id(agent))}");
        if (filter.Type is { } type) list.Add($"type = {list.Value(type)}");
        if (filter.Ip is { } ip) list.Add($"ip = {list.Value(ip)}");
        if (filter.HasEnded is { } hasEnded) list.Add(hasEnded ? "disconnected_at_ms IS NOT NULL" : "disconnected_at_ms IS NULL");
        if (filter.FromUtcMs is { } fromUtcMs) list.Add($"at_ms >= {list.Value(fromUtcMs)}");
        if (filter.BeforeUtcMs is { } beforeUtcMs) list.Add($"at_ms < {list.Value(beforeUtcMs)}");
        if (filter.After is { } after)
        {
            list.Add(
                $"(at_ms, agent, connection_id, ordinal) < ({list.Value(after.AtUtcMs)}, {list.Value(id(after.Key.Agent))}, "
                + $"{list.Value(id(after.Key.Id ?? Guid.Empty))}, {list.Value(after.Key.Ordinal)})");
        }

        return list.End("at_ms DESC, agent DESC, connection_id DESC, ordinal DESC", filter.Max);
    }

    private static void ThrowUnlessPage(int max, int most)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(max, most);
    }

    /// <summary>What has to be true together, and the values in it.</summary>
    private sealed class Conditions
    {
        private readonly List<string> _conditions = [];
        private readonly List<object> _values = [];

        public void Add(string condition) => _conditions.Add(condition);

        /// <summary>The name of a value.</summary>
        public string Value(object value)
        {
            _values.Add(value);
            return string.Create(CultureInfo.InvariantCulture, $"${_values.Count}");
        }

        public (string Sql, object[] Values) End(string order, int max)
        {
            var where = _conditions.Count == 0 ? "" : $"WHERE {string.Join(" AND ", _conditions)} ";
            var limit = Value(max);
            return ($"{where}ORDER BY {order} LIMIT {limit}", [.. _values]);
        }
    }
}
