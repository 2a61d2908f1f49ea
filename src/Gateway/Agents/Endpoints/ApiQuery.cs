using System.Globalization;
using Actors.Grains.Agents;
using Microsoft.AspNetCore.Http;

namespace Actors.Gateway.Agents;

/// <summary>Reads the parameters of a request for a list. All that is wrong is told at once; a parameter that is unknown is wrong too.</summary>
/// <param name="query">The request's parameters.</param>
internal sealed class ApiQuery(IQueryCollection query)
{
    private readonly List<string> _mistakes = [];
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A moment of the store as one of the interface.</summary>
    public static DateTimeOffset? Time(long? utcMs) => utcMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;

    /// <summary>A place in the connection log, as <c>after</c> names it.</summary>
    public static string Write(ConnectionCursor cursor) => string.Create(
        CultureInfo.InvariantCulture, $"{cursor.AtUtcMs}_{cursor.Key.Agent:D}_{cursor.Key.Id?.ToString("D")}_{cursor.Key.Ordinal}");

    /// <summary>What is wrong, sentence by sentence; asked last.</summary>
    public IReadOnlyList<string> Mistakes()
    {
        _mistakes.AddRange(query.Keys.Where(key => !_known.Contains(key)).Select(key => $"'{key}' is no parameter; there are {string.Join(", ", _known.Order())}."));
        return _mistakes;
    }

    public string? Text(string name)
    {
        _known.Add(name);
        return query.TryGetValue(name, out var values) ? values.ToString() : null;
    }

    public Guid? Id(string name) =>
        Parse<Guid>(name, "a UUID", static (string text, out Guid id) => Guid.TryParseExact(text, "D", out id));

    public bool? Flag(string name) => Parse<bool>(name, "true or false", bool.TryParse);

    public int Page(string name, int max) =>
        Parse<int>(name, $"a number from 1 to {max}", (string text, out int rows) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out rows) && rows >= 1 && rows <= max) ?? Math.Min(100, max);

    public long? Moment(string name) => Parse<long>(name, "a moment such as 2026-01-31T12:00:00Z", static (string text, out long utcMs) =>
    {
        var isGood = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at);
        utcMs = at.ToUnixTimeMilliseconds();
        return isGood;
    });

    public T? Choice<T>(string name, Func<T, string> nameOf)
        where T : struct, Enum
    {
        var choices = Enum.GetValues<T>();
        return Parse<T>(name, $"one of {string.Join(", ", choices.Select(nameOf))}", (string text, out T choice) =>
        {
            var index = Array.FindIndex(choices, one => nameOf(one).Equals(text, StringComparison.OrdinalIgnoreCase));
            choice = index < 0 ? default : choices[index];
            return index >= 0;
        });
    }

    public ConnectionCursor? Cursor(string name) => Parse<ConnectionCursor>(name, "what 'next' of the page before was", static (string text, out ConnectionCursor cursor) =>
    {
        cursor = default;
        var parts = text.Split('_');
        Guid id = default;
        if (parts.Length != 4
            || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var atUtcMs)
            || !Guid.TryParseExact(parts[1], "D", out var agent)
            || (parts[2].Length > 0 && !Guid.TryParseExact(parts[2], "D", out id))
            || !long.TryParse(parts[3], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var ordinal))
        {
            return false;
        }

        cursor = new ConnectionCursor(atUtcMs, new ConnectionKey(agent, parts[2].Length > 0 ? id : null, ordinal));
        return true;
    });

    private T? Parse<T>(string name, string rule, TryParse<T> parse)
        where T : struct
    {
        if (Text(name) is not { } text)
            return null;
        if (parse(text, out var value))
            return value;
        _mistakes.Add($"'{name}' is {rule}.");
        return null;
    }

    private delegate bool TryParse<T>(string text, out T value);
}
