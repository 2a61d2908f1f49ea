using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Actors.Silo.Options;

/// <summary>How the silos of a cluster reach and recognise each other (section <c>Peering</c>); one embedded silo opens no listener.</summary>
public sealed record PeeringOptions : IOptionRules
{
    /// <summary>Shortest secret, in characters.</summary>
    public const int MinSecretLength = 16;

    /// <summary>Longest secret, in characters.</summary>
    public const int MaxSecretLength = 1024;

    /// <summary>Address to listen on.</summary>
    [Description("Address to listen on for the other silos of a cluster: an IP address, \"localhost\", or \"*\" for all addresses of the machine.")]
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Port to listen on; 0: any free one.</summary>
    [Description("Port to listen on for the other silos. 0: any free port.")]
    [Range(0, 65_535)]
    public int Port { get; init; } = 11_111;

    /// <summary>Where the other silos connect; null: the address listened on.</summary>
    [Description("IP address or name that the other silos are told to connect to; needed when Peering:Host is \"*\". Not set: Peering:Host.")]
    public string? AdvertisedHost { get; init; }

    /// <summary>What the silos of a cluster know and nobody else.</summary>
    [Description("Secret that all silos of a cluster share, 16 to 1024 characters; who does not know it is refused. It is never sent.")]
    [Secret]
    public string? Secret { get; init; }

    /// <summary>File with the secret.</summary>
    [Description("File with the secret, instead of Peering:Secret; white space around it does not count.")]
    public string? SecretFile { get; init; }

    /// <summary>File with this silo's certificate.</summary>
    [Description("File with this silo's certificate (PEM), for encrypted connections between silos. Not set: they are authenticated, not encrypted.")]
    public string? CertificateFile { get; init; }

    /// <summary>File with the certificate's key.</summary>
    [Description("File with the private key of Peering:CertificateFile (PEM). Not set: the certificate's file holds it too.")]
    public string? KeyFile { get; init; }

    /// <summary>File with the authorities.</summary>
    [Description("File with the authorities' certificates (PEM) that those of all silos come from.")]
    public string? AuthorityFile { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionBreach> Check()
    {
        if (!ListenAddress.TryParse(Host, out _)) yield return new(nameof(Host), ListenAddress.Allowed);
        if (Secret is { Length: < MinSecretLength or > MaxSecretLength })
            yield return new(nameof(Secret), $"must have {MinSecretLength} to {MaxSecretLength} characters");
        if (Secret is not null && SecretFile is not null) yield return new(nameof(SecretFile), "Peering:Secret is given too: leave one of them out");
        if (CertificateFile is null != AuthorityFile is null)
            yield return new(nameof(AuthorityFile), "Peering:CertificateFile and Peering:AuthorityFile come together: give both, or none");
        if (KeyFile is not null && CertificateFile is null) yield return new(nameof(KeyFile), "a key is of no use without Peering:CertificateFile");
    }
}
