using System.Globalization;
using Actors.Silo.Options;

namespace Actors.Silo.Stores.Kubernetes;

/// <summary>Where the API server is, who asks it, and how it is tried again.</summary>
public sealed record KubernetesOptions
{
    /// <summary>The folder that Kubernetes mounts into a pod with a service account.</summary>
    private const string ServiceAccount = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>The API server.</summary>
    public required Uri Server { get; init; }

    /// <summary>The namespace of the cluster's objects; empty where only policies are asked for.</summary>
    public required string Namespace { get; init; }

    /// <summary>The file with the token; Kubernetes replaces it, so it is read for each request. Null: none is sent.</summary>
    public string? TokenPath { get; init; }

    /// <summary>The file with the certificates that the API server's must come from (PEM). Null: those that the system trusts.</summary>
    public string? AuthorityPath { get; init; }

    /// <summary>The longest that one operation may take, with all its attempts.</summary>
    public TimeSpan OperationTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a watch may say nothing; then the object is read again, and watched anew.</summary>
    public TimeSpan WatchTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The first pause before another attempt; each further one is twice as long, and each is cut by up to half at random.</summary>
    public TimeSpan FirstRetryDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest such pause.</summary>
    public TimeSpan LastRetryDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>For the list of silos: what the options say, and for the rest what a pod finds of its own cluster.</summary>
    /// <param name="settings">The section <c>Kubernetes</c>.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <exception cref="Lifetime.SiloStartException">Something is not given, and the process does not run in a pod with a service account.</exception>
    public static KubernetesOptions Of(KubernetesSettings settings, Func<string, string?> environment)
    {
        const string Purpose = "Silo:Membership";
        var spacePath = Path.Combine(ServiceAccount, "namespace");
        return Of(settings, environment, Purpose) with
        {
            Namespace = settings.Namespace ?? (File.Exists(spacePath) ? File.ReadAllText(spacePath).Trim() : throw NoPod(Purpose, $"{spacePath} or Kubernetes:Namespace")),
        };
    }

    /// <summary>For policies, which belong to no namespace.</summary>
    /// <inheritdoc cref="Of(KubernetesSettings, Func{string, string?})"/>
    public static KubernetesOptions OfPolicies(KubernetesSettings settings, Func<string, string?> environment) => Of(settings, environment, "Storage:Policies");

    private static KubernetesOptions Of(KubernetesSettings settings, Func<string, string?> environment, string purpose)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(environment);
        return new KubernetesOptions
        {
            Server = settings.ApiServer is { } address ? new Uri(address) : ServerOfPod(environment, purpose),
            Namespace = settings.Namespace ?? "",
            TokenPath = settings.TokenFile ?? OfServiceAccount("token"),
            AuthorityPath = settings.AuthorityFile ?? OfServiceAccount("ca.crt"),
        };
    }

    private static Uri ServerOfPod(Func<string, string?> environment, string purpose)
    {
        var (host, port) = (environment("KUBERNETES_SERVICE_HOST"), environment("KUBERNETES_SERVICE_PORT"));
        return Uri.CheckHostName(host) != UriHostNameType.Unknown && ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new UriBuilder(Uri.UriSchemeHttps, host, number).Uri
            : throw NoPod(purpose, "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT, or Kubernetes:ApiServer");
    }

    private static string? OfServiceAccount(string file) => Path.Combine(ServiceAccount, file) is var path && File.Exists(path) ? path : null;

    private static Lifetime.SiloStartException NoPod(string purpose, string missing) => new(
        $"{purpose}=kubernetes needs a pod with a service account; {missing} is missing. Start the silo in a cluster (deploy/k8s), or write {purpose}=store.");
}
