using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Actors.Runtime.Peering;

/// <summary>The certificates of encrypted connections between silos. Both sides show one; names are not compared, for silos are known by the handshake.</summary>
/// <param name="Certificate">This silo's certificate with its private key.</param>
/// <param name="Roots">The authorities that a peer's certificate must come from.</param>
public sealed record PeerTls(X509Certificate2 Certificate, X509Certificate2Collection Roots)
{
    private const string PeerName = "actors-peer";

    /// <summary>Encrypts a connection from the side that dialled.</summary>
    public Task DialAsync(SslStream stream, CancellationToken token) => stream.AuthenticateAsClientAsync(
        new SslClientAuthenticationOptions
        {
            TargetHost = PeerName,
            ClientCertificates = [Certificate],
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            RemoteCertificateValidationCallback = (_, certificate, _, errors) => IsTrusted(certificate, errors),
        },
        token);

    /// <summary>Encrypts a connection from the side that accepted.</summary>
    public Task AcceptAsync(SslStream stream, CancellationToken token) => stream.AuthenticateAsServerAsync(
        new SslServerAuthenticationOptions
        {
            ServerCertificate = Certificate,
            ClientCertificateRequired = true,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            RemoteCertificateValidationCallback = (_, certificate, _, errors) => IsTrusted(certificate, errors),
        },
        token);

    private bool IsTrusted(X509Certificate? certificate, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 peer || (errors & SslPolicyErrors.RemoteCertificateNotAvailable) != 0)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(Roots);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(peer);
    }
}
