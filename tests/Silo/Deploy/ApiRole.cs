using System.Text.Json.Nodes;
using Actors.Silo.Tests.Stores.Kubernetes;

namespace Actors.Silo.Tests.Deploy;

/// <summary>A Role as the API server reads it.</summary>
/// <param name="role">The rendered object.</param>
public sealed class ApiRole(JsonObject role)
{
    private readonly JsonArray _rules = role["rules"]!.AsArray();

    /// <summary>Everything that it allows, one by one; without a name: any.</summary>
    public IEnumerable<ApiAccess> Granted =>
        from rule in _rules
        from @group in Texts(rule, "apiGroups")
        from resource in Texts(rule, "resources")
        from verb in Texts(rule, "verbs")
        from name in rule["resourceNames"]?.AsArray().Select(static name => (string?)name) ?? new string?[] { null }
        select new ApiAccess(verb, @group, resource, name);

    /// <summary>Whether it allows this.</summary>
    public bool Allows(ApiAccess access) => Granted.Any(grant => Covers(grant, access));

    /// <summary>Whether one of the things allowed is this.</summary>
    public static bool Covers(ApiAccess grant, ApiAccess access) => grant == (grant.Name is null ? access with { Name = null } : access);

    private static IEnumerable<string> Texts(JsonNode? rule, string member) => rule![member]!.AsArray().Select(static text => (string)text!);
}
