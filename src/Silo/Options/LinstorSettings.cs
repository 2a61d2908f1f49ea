using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Actors.Storage.BackEnds.Linstor;

namespace Actors.Silo.Options;

/// <summary>LINSTOR, when <c>Storage:BackEnd</c> is "linstor" (section <c>Linstor</c>).</summary>
public sealed record LinstorSettings : IOptionRules
{
    private static readonly LinstorOptions Defaults = new() { Address = new Uri("http://127.0.0.1:3370/") };

    /// <summary>Its controller.</summary>
    [Description("Address of LINSTOR's controller: http://host:3370, or https://host:3371.")]
    public string? Address { get; init; }

    /// <summary>File with a token.</summary>
    [Description("File with the token for it; read again for each request. Not set: none is sent.")]
    public string? TokenFile { get; init; }

    /// <summary>File with authorities.</summary>
    [Description("File with the certificates that the controller's must come from (PEM). Not set: those that the system trusts.")]
    public string? AuthorityFile { get; init; }

    /// <summary>File with the silos' certificate.</summary>
    [Description("File with the certificate by which the controller knows the silos (PEM), where it restricts who may ask. Not set: none is shown.")]
    public string? CertificateFile { get; init; }

    /// <summary>File with its key.</summary>
    [Description("File with the private key of Linstor:CertificateFile (PEM). Not set: the certificate's file holds it too.")]
    public string? KeyFile { get; init; }

    /// <summary>How long a request may take.</summary>
    [Description("Seconds that one request may take.")]
    [Range(1, 600)]
    public int TimeoutSeconds { get; init; } = (int)Defaults.RequestTimeout.TotalSeconds;

    /// <summary>As the back end takes it; the token is added to requests by their client.</summary>
    public LinstorOptions ToOptions() => new() { Address = RestAddress.Of(Address!, "/"), RequestTimeout = TimeSpan.FromSeconds(TimeoutSeconds) };

    /// <inheritdoc/>
    public IEnumerable<OptionBreach> Check()
    {
        if (KeyFile is not null && CertificateFile is null) yield return new(nameof(KeyFile), "a key is of no use without Linstor:CertificateFile");
        foreach (var breach in RestAddress.Check(nameof(Address), Address, TokenFile is not null || CertificateFile is not null, "http://linstor-controller:3370"))
            yield return breach;
    }
}
