using Actors.Storage.Policies;

namespace Actors.Silo.Stores.Kubernetes;

/// <summary>The objects that silos use, and where the API server has them.</summary>
internal static class KubernetesPaths
{
    private const string Group = "actors.billyronks.io";

    public const string ApiVersion = Group + "/v1";

    /// <summary>The custom resource's full name.</summary>
    public const string Resource = "clustermemberships." + Group;

    /// <summary>The label of the leases that are ours.</summary>
    public const string LeaseLabel = Group + "/membership";

    public static string Memberships(string space) => $"/apis/{ApiVersion}/namespaces/{space}/clustermemberships";

    public static string Membership(string space) => $"{Memberships(space)}/{MembershipObject.Name}";

    /// <summary>The object as a list of one, which says where a watch of it goes on; the object alone says only when it was last changed.</summary>
    public static string MembershipList(string space) => $"{Memberships(space)}?fieldSelector=metadata.name%3D{MembershipObject.Name}";

    public static string Watch(string space, string resourceVersion, TimeSpan timeout) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{MembershipList(space)}&watch=1&allowWatchBookmarks=true&resourceVersion={Uri.EscapeDataString(resourceVersion)}&timeoutSeconds={(int)Math.Ceiling(timeout.TotalSeconds)}");

    public static string Leases(string space) => $"/apis/coordination.k8s.io/v1/namespaces/{space}/leases";

    public static string LeasesOfOurs(string space) => $"{Leases(space)}?labelSelector={Uri.EscapeDataString(LeaseLabel)}";

    /// <summary>Storage policies, which belong to no namespace.</summary>
    public const string StoragePolicies = $"/apis/{StoragePolicy.ApiVersion}/storagepolicies";

    /// <summary>Erasure coding policies, which belong to none either.</summary>
    public const string ErasureCodingPolicies = $"/apis/{StoragePolicy.ApiVersion}/erasurecodingpolicies";

    /// <summary>The name by which the silos own what they write of an object that people own.</summary>
    public const string FieldManager = "actors";

    /// <summary>A page of a list.</summary>
    /// <param name="kind">Where the kind is.</param>
    /// <param name="limit">Objects at most.</param>
    /// <param name="next">What the page before said; null for the first.</param>
    public static string Page(string kind, int limit, string? next) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"{kind}?limit={limit}{(next is null ? "" : "&continue=" + Uri.EscapeDataString(next))}");

    /// <summary>A watch of a whole kind.</summary>
    public static string WatchAll(string kind, string resourceVersion, TimeSpan timeout) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{kind}?watch=1&allowWatchBookmarks=true&resourceVersion={Uri.EscapeDataString(resourceVersion)}&timeoutSeconds={(int)Math.Ceiling(timeout.TotalSeconds)}");

    /// <summary>An object's status, of which the silos own every field: nobody else has a say in it.</summary>
    public static string Status(string kind, string name) => $"{kind}/{Uri.EscapeDataString(name)}/status?fieldManager={FieldManager}&force=true";

    /// <summary>The file that makes a kind known.</summary>
    public static string DefinitionOf(string path) => IsPolicy(path) ? "deploy/k8s/storage-crds.yaml" : "deploy/k8s/membership-crd.yaml";

    /// <summary>What gives the permissions.</summary>
    public static string RoleOf(string path) => IsPolicy(path) ? "ClusterRole" : "Role";

    private static bool IsPolicy(string path) => path.StartsWith(StoragePolicies, StringComparison.Ordinal) || path.StartsWith(ErasureCodingPolicies, StringComparison.Ordinal);
}
