using Actors.Silo.Lifetime;
using Actors.Silo.Options;
using Actors.Silo.Stores.Kubernetes;

namespace Actors.Silo.Tests.Stores.Kubernetes;

/// <summary>Where the API server is: what the options say, and else what Kubernetes tells a pod.</summary>
public sealed class KubernetesOptionsTests
{
    private static readonly KubernetesSettings Given = new() { Namespace = "garden", TokenFile = "/run/token", AuthorityFile = "/run/ca.crt" };

    [Theory]
    [InlineData("10.96.0.1", "443", "https://10.96.0.1/")]
    [InlineData("fd00:10:96::1", "6443", "https://[fd00:10:96::1]:6443/")]
    [InlineData("api.example", "6443", "https://api.example:6443/")]
    public void A_pod_finds_its_API_server(string host, string port, string server)
    {
        var options = KubernetesOptions.Of(Given, Pod(host, port));
        Assert.Equal(new Uri(server), options.Server);
        Assert.Equal(("garden", "/run/token", "/run/ca.crt"), (options.Namespace, options.TokenPath, options.AuthorityPath));
    }

    [Fact]
    public void An_API_server_that_is_given_is_taken() =>
        Assert.Equal(new Uri("https://api.example:6443"), KubernetesOptions.Of(Given with { ApiServer = "https://api.example:6443" }, Pod("10.96.0.1", "443")).Server);

    [Theory]
    [InlineData("", "443")]
    [InlineData("10.96.0.1", "")]
    [InlineData("10.96.0.1", "https")]
    [InlineData("10.96.0.1", "70000")]
    [InlineData("10.96.0.1 or so", "443")]
    public void Outside_of_a_pod_the_start_says_what_is_missing(string host, string port)
    {
        var error = Assert.Throws<SiloStartException>(() => KubernetesOptions.Of(Given, Pod(host, port)));
        Assert.Contains("KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT", error.Message);
        Assert.Contains("Kubernetes:ApiServer", error.Message);
    }

    private static Func<string, string?> Pod(string host, string port) =>
        name => name switch { "KUBERNETES_SERVICE_HOST" => host, "KUBERNETES_SERVICE_PORT" => port, _ => null };
}
