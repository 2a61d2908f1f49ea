using Actors.Runtime.Context;

namespace Orleans.Runtime;

/// <summary>
/// Values that go along with calls: what a caller sets is seen by the callee and by those that it calls, and never comes
/// back. Values are not copied: they are immutable by agreement.
/// </summary>
public static class RequestContext
{
    private static readonly AsyncLocal<RequestData?> Local = new();

    public static IEnumerable<string> Keys => Local.Value?.Values.Keys ?? [];

    public static IEnumerable<KeyValuePair<string, object>> Entries => Local.Value?.Values ?? [];

    /// <summary>The values of the code that runs now; null when there are none.</summary>
    internal static RequestData? Data
    {
        get => Local.Value;
        set => Local.Value = value;
    }

    public static object? Get(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Local.Value?.Values.GetValueOrDefault(key);
    }

    public static void Set(string key, object value)
    {
        ArgumentNullException.ThrowIfNull(key);
        Local.Value = (Local.Value ?? RequestData.Empty).With(key, value);
    }

    public static bool Remove(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (Local.Value is not { } data || !data.Values.ContainsKey(key))
        {
            return false;
        }

        Local.Value = data.Without(key);
        return true;
    }

    public static void Clear()
    {
        if (Local.Value is not null)
        {
            Local.Value = null;
        }
    }
}
