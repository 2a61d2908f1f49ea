using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Actors.Runtime.Peering;

namespace Actors.Runtime.Tests.Peering;

/// <summary>Issues certificates for one test.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _root;
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();
    private byte _serial;

    public TestAuthority()
    {
        var request = new CertificateRequest("CN=root of the tests", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _root = request.CreateSelfSigned(_now.AddDays(-1), _now.AddDays(1));
    }

    public PeerTls Issue(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        using X509Certificate2 issued = request.Create(_root, _now.AddDays(-1), _now.AddHours(12), [++_serial]);
        using X509Certificate2 withKey = issued.CopyWithPrivateKey(key);
        return new PeerTls(X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null), [X509CertificateLoader.LoadCertificate(_root.RawData)]);
    }

    public void Dispose()
    {
        _root.Dispose();
        _key.Dispose();
    }
}
