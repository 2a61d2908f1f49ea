using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Actors.Silo.Lifetime;
using Actors.Silo.Options;

namespace Actors.Silo.Hosting;

/// <summary>How this silo meets the others of its cluster, with files read and names resolved.</summary>
/// <param name="Socket">The bound socket that peers connect to.</param>
/// <param name="AdvertisedAddress">Where they connect, with the port that is really in use.</param>
/// <param name="Secret">What all silos of the cluster know.</param>
/// <param name="Certificate">This silo's certificate with its key; null: connections are not encrypted.</param>
/// <param name="Authorities">Those that the silos' certificates come from; empty without a certificate.</param>
public sealed record SiloPeering(
    Socket Socket, IPEndPoint AdvertisedAddress, string Secret, X509Certificate2? Certificate, X509Certificate2Collection Authorities)
{
    /// <summary>Reads what the options name.</summary>
    /// <returns>Null for a silo that is alone.</returns>
    /// <exception cref="SiloStartException">A file or a name is not as it has to be.</exception>
    public static SiloPeering? Read(PeeringOptions options, ListenSockets sockets)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(sockets);
        if (sockets.Peering is not { } socket) return null;
        var listening = (IPEndPoint)socket.LocalEndPoint!;
        var (certificate, authorities) = ReadCertificates(options);
        return new(socket, new IPEndPoint(Advertised(options, listening.Address), listening.Port), ReadSecret(options), certificate, authorities);
    }

    private static IPAddress Advertised(PeeringOptions options, IPAddress listening)
    {
        if (options.AdvertisedHost is not { } host) return listening;
        if (IPAddress.TryParse(host, out var address)) return address;
        try
        {
            // IPv4 first: it is what a listener on an address of one kind most likely has.
            return Dns.GetHostAddresses(host).OrderBy(found => found.AddressFamily != AddressFamily.InterNetwork).First();
        }
        catch (Exception unknown) when (unknown is SocketException or InvalidOperationException or ArgumentException)
        {
            throw new SiloStartException(
                $"The other silos cannot be told to connect to '{host}', for this machine does not know that name: {unknown.Message.TrimEnd('.')}. Give an address with --Peering:AdvertisedHost=….", unknown);
        }
    }

    private static string ReadSecret(PeeringOptions options)
    {
        if (options.SecretFile is not { } path) return options.Secret!;
        var secret = Text(path, "Peering:SecretFile").Trim();
        return secret.Length is >= PeeringOptions.MinSecretLength and <= PeeringOptions.MaxSecretLength
            ? secret
            : throw new SiloStartException(
                $"The secret in {path} has {secret.Length} characters; {PeeringOptions.MinSecretLength} to {PeeringOptions.MaxSecretLength} are allowed. All silos of the cluster need the same.");
    }

    private static (X509Certificate2? Certificate, X509Certificate2Collection Authorities) ReadCertificates(PeeringOptions options)
    {
        if (options.CertificateFile is not { } certificateFile) return (null, []);
        var (certificateText, authorityText) = (Text(certificateFile, "Peering:CertificateFile"), Text(options.AuthorityFile!, "Peering:AuthorityFile"));
        var keyText = options.KeyFile is { } keyFile ? Text(keyFile, "Peering:KeyFile") : certificateText;
        try
        {
            var certificate = X509Certificate2.CreateFromPem(certificateText, keyText);
            X509Certificate2Collection authorities = [];
            authorities.ImportFromPem(authorityText);
            return authorities.Count > 0 ? (certificate, authorities) : throw new CryptographicException($"{options.AuthorityFile} has no certificate.");
        }
        catch (CryptographicException damaged)
        {
            throw new SiloStartException(
                $"Connections between silos cannot be encrypted: {damaged.Message} Peering:CertificateFile, Peering:KeyFile and Peering:AuthorityFile name PEM files, and the key is the certificate's.", damaged);
        }
    }

    private static string Text(string path, string option)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SiloStartException($"The file {Path.GetFullPath(path)} of {option} cannot be read: {failure.Message}", failure);
        }
    }
}
