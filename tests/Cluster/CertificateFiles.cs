using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Actors.Harness;

namespace Actors.Cluster.Tests;

/// <summary>An authority, and certificates of it as files; they are gone when it is disposed.</summary>
internal sealed class CertificateFiles : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();
    private readonly X509Certificate2 _root;
    private byte _serial;

    public CertificateFiles()
    {
        var request = new CertificateRequest("CN=root of the tests", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _root = request.CreateSelfSigned(_now.AddDays(-1), _now.AddDays(1));
    }

    /// <summary>Where the files are.</summary>
    public string Folder => _folder.FullName;

    /// <summary>Issues a certificate.</summary>
    /// <param name="name">Its name, and that of its files.</param>
    /// <param name="into">The folder of the files; null: this authority's.</param>
    /// <returns>The options of a silo that shows it, and trusts this authority only.</returns>
    public string[] Issue(string name, string? into = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var issued = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256).Create(_root, _now.AddDays(-1), _now.AddHours(12), [++_serial]);
        var path = Path.Combine(into ?? Folder, name);
        File.WriteAllText($"{path}.crt", issued.ExportCertificatePem());
        File.WriteAllText($"{path}.key", key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText($"{path}.ca", _root.ExportCertificatePem());
        return [$"--Peering:CertificateFile={path}.crt", $"--Peering:KeyFile={path}.key", $"--Peering:AuthorityFile={path}.ca"];
    }

    public void Dispose()
    {
        _root.Dispose();
        _key.Dispose();
        _folder.Dispose();
    }
}
