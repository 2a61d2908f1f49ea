using Microsoft.AspNetCore.Http;

namespace Actors.Silo.Tests.Stores.Kubernetes;

/// <summary>A request to the API server as its permissions name it.</summary>
/// <param name="Verb">get, list, watch, create, update, patch, delete.</param>
/// <param name="Group">The API group: coordination.k8s.io.</param>
/// <param name="Resource">The kind's plural: leases.</param>
/// <param name="Name">The object, where the request names one; a list or watch does so by a field selector of its name alone.</param>
public sealed record ApiAccess(string Verb, string Group, string Resource, string? Name)
{
    private const string ByName = "metadata.name=";

    /// <summary>Reads it from a request.</summary>
    public static ApiAccess Of(HttpRequest request, string group, string resource, string? name)
    {
        var isWatch = request.Query.ContainsKey("watch");
        var verb = request.Method switch
        {
            "GET" when isWatch => "watch",
            "GET" when name is null => "list",
            "GET" => "get",
            "POST" => "create",
            "PUT" => "update",
            "PATCH" => "patch",
            "DELETE" when name is null => "deletecollection",
            "DELETE" => "delete",
            var other => throw new ArgumentException($"{other} is no method of the API server", nameof(request)),
        };
        var field = request.Query["fieldSelector"].ToString();
        return new ApiAccess(verb, group, resource, name ?? (field.StartsWith(ByName, StringComparison.Ordinal) ? field[ByName.Length..] : null));
    }
}
