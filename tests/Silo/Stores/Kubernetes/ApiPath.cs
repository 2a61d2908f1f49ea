namespace Actors.Silo.Tests.Stores.Kubernetes;

/// <summary>A path of the API server: /apis/GROUP/VERSION[/namespaces/NAMESPACE]/KIND[/NAME[/SUBRESOURCE]].</summary>
/// <param name="Group">The API group.</param>
/// <param name="Version">Its version.</param>
/// <param name="Kind">The kind's plural.</param>
/// <param name="IsNamespaced">Whether it is in a namespace.</param>
/// <param name="Name">The object; null: all of them.</param>
/// <param name="Subresource">status, or null.</param>
public sealed record ApiPath(string Group, string Version, string Kind, bool IsNamespaced, string? Name, string? Subresource)
{
    /// <summary>Group, version and kind, by which objects are kept.</summary>
    public string Resource => $"{Group}/{Version}/{Kind}";

    /// <summary>Reads one; null when it is none.</summary>
    public static ApiPath? Of(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries) switch
    {
        ["apis", var group, var version, "namespaces", _, var kind, .. var rest] when rest.Length < 3 => new ApiPath(group, version, kind, true, rest.ElementAtOrDefault(0), rest.ElementAtOrDefault(1)),
        ["apis", var group, var version, var kind, .. var rest] when rest.Length < 3 => new ApiPath(group, version, kind, false, rest.ElementAtOrDefault(0), rest.ElementAtOrDefault(1)),
        _ => null,
    };
}
