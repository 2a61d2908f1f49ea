using System.Collections.Immutable;

namespace Actors.Runtime.Context;

/// <summary>The values of a request context. Immutable, so a call takes it along by reference.</summary>
internal sealed class RequestData
{
    public static readonly RequestData Empty = new(ImmutableDictionary<string, object>.Empty);

    private RequestData(ImmutableDictionary<string, object> values) => Values = values;

    public ImmutableDictionary<string, object> Values { get; }

    public RequestData With(string key, object value) => new(Values.SetItem(key, value));

    public RequestData? Without(string key)
    {
        ImmutableDictionary<string, object> rest = Values.Remove(key);
        return rest.IsEmpty ? null : new RequestData(rest);
    }
}
