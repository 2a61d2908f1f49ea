using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Actors.Kafka;

/// <summary>Every API in the protocol's tables.</summary>
public static partial class ApiTable
{
    /// <summary>All APIs, by ascending key.</summary>
    public static ImmutableArray<ApiDescriptor> All { get; } = [.. Describe()];

    private static readonly ApiDescriptor?[] ByKey = Index(All);

    /// <summary>Finds an API by its key.</summary>
    /// <returns>False for a key that the tables lack.</returns>
    public static bool TryGet(ApiKey key, [NotNullWhen(true)] out ApiDescriptor? api)
    {
        var index = (int)key;
        api = (uint)index < (uint)ByKey.Length ? ByKey[index] : null;
        return api is not null;
    }

    /// <summary>The API with this key.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tables lack the key.</exception>
    public static ApiDescriptor Get(ApiKey key) =>
        TryGet(key, out var api) ? api : throw new ArgumentOutOfRangeException(nameof(key), key, "No such API.");

    private static ApiDescriptor?[] Index(ImmutableArray<ApiDescriptor> apis)
    {
        var byKey = new ApiDescriptor?[apis.Max(a => (int)a.Key) + 1];
        foreach (var api in apis)
        {
            byKey[(int)api.Key] = api;
        }

        return byKey;
    }
}
