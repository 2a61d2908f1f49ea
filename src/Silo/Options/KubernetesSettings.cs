using System.ComponentModel;

namespace Actors.Silo.Options;

/// <summary>The API server that keeps the list of silos when <c>Silo:Membership</c> is "kubernetes", and policies when <c>Storage:Policies</c> is (section <c>Kubernetes</c>).</summary>
public sealed record KubernetesSettings : IOptionRules
{
    /// <summary>The API server; null: the pod's own.</summary>
    [Description("Address of the API server, https://host:port. Not set: that of the cluster in which the silo runs as a pod.")]
    public string? ApiServer { get; init; }

    /// <summary>Namespace of the cluster's objects; null: the pod's own.</summary>
    [Description("Namespace of the object that lists the silos. Not set: the pod's own.")]
    public string? Namespace { get; init; }

    /// <summary>File with the token; null: the service account's.</summary>
    [Description("File with the token for the API server; read again for each request. Not set: that of the pod's service account.")]
    public string? TokenFile { get; init; }

    /// <summary>File with the API server's authorities; null: the service account's.</summary>
    [Description("File with the certificates that the API server's must come from (PEM). Not set: that of the pod's service account.")]
    public string? AuthorityFile { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionBreach> Check()
    {
        if (ApiServer is not null && !(Uri.TryCreate(ApiServer, UriKind.Absolute, out var server) && (server.Scheme == Uri.UriSchemeHttps || server.IsLoopback && server.Scheme == Uri.UriSchemeHttp)))
            yield return new(nameof(ApiServer), "must be an address such as https://10.96.0.1:443; without encryption only on this machine");
    }
}
