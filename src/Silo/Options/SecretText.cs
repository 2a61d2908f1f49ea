namespace Actors.Silo.Options;

/// <summary>Shows a text that may hold secrets without the secrets.</summary>
public static class SecretText
{
    private const string Stars = "***";

    private static readonly HashSet<string> HarmlessNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Server", "Port", "Database", "Username", "User ID", "User", "SSL Mode", "SslMode", "Pooling",
        "Maximum Pool Size", "Minimum Pool Size", "Timeout", "Command Timeout", "Application Name",
    };

    /// <summary>
    /// Of a connection string, what is known to be harmless stays (<c>Host=db;***</c>), and of an address everything but
    /// who logs in and the query (<c>postgres://***@db/actors</c>). Any other text becomes stars as a whole.
    /// </summary>
    /// <remarks>What may be shown is listed, not what may not: a kind of secret that nobody thought of stays hidden.</remarks>
    public static string Mask(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length == 0) return text;
        return text.Contains("://", StringComparison.Ordinal) ? MaskAddress(text) : MaskPairs(text);
    }

    private static string MaskPairs(string text)
    {
        var shown = text
            .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(pair => HarmlessNames.Contains(pair.Split('=', 2)[0].Trim()) ? pair : Stars)
            .ToArray();
        return shown.All(pair => pair == Stars) ? Stars : string.Join(';', shown);
    }

    private static string MaskAddress(string text)
    {
        var scheme = text.IndexOf("://", StringComparison.Ordinal) + 3;
        var login = text.LastIndexOf('@');
        var rest = login >= scheme ? $"{Stars}@{text[(login + 1)..]}" : text[scheme..];
        var query = rest.IndexOf('?', StringComparison.Ordinal);
        return text[..scheme] + (query < 0 ? rest : $"{rest[..query]}?{Stars}");
    }
}
