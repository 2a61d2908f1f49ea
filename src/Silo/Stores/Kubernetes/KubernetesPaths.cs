namespace Actors.Silo.Stores.Kubernetes;

/// <summary>The objects that membership uses, and where the API server has them.</summary>
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
}
