using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Actors.Harness;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Actors.Silo.Tests.BackEnds;

/// <summary>A REST service behind TLS that asks callers for a certificate, has an empty list for every answer, and remembers who asked.</summary>
internal sealed class TlsService : IAsyncDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly X509Certificate2 _authority = Issue("CN=authority", null, isAuthority: true);
    private readonly WebApplication _app;

    private TlsService()
    {
        var certificate = Issue("CN=service", _authority, isAuthority: false);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate, https =>
        {
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            https.AllowAnyClientCertificate();
        })));
        _app = builder.Build();
        _app.Run(async context =>
        {
            Callers.Enqueue((context.Request.Headers.Authorization.ToString(), context.Connection.ClientCertificate?.Subject));
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("[]");
        });
        Write("authority.pem", _authority.ExportCertificatePem());
        Write("token", "first\n");
        using var silo = Issue("CN=silo", _authority, isAuthority: false);
        Write("silo.pem", silo.ExportCertificatePem());
        Write("silo.key", silo.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        using var other = Issue("CN=other", null, isAuthority: true);
        Write("other.pem", other.ExportCertificatePem());
    }

    /// <summary>Token and certificate of each request.</summary>
    public ConcurrentQueue<(string Authorization, string? Certificate)> Callers { get; } = [];

    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public static async Task<TlsService> StartAsync()
    {
        var service = new TlsService();
        await service._app.StartAsync();
        return service;
    }

    /// <summary>One of its files: authority.pem, other.pem, token, silo.pem, silo.key.</summary>
    public string File(string name) => _folder.Path(name);

    public void Write(string name, string text) => System.IO.File.WriteAllText(File(name), text);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _authority.Dispose();
        _folder.Dispose();
    }

    private static X509Certificate2 Issue(string name, X509Certificate2? issuer, bool isAuthority)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var whole = issuer is null ? request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1)) : Signed(request, issuer, key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    private static X509Certificate2 Signed(CertificateRequest request, X509Certificate2 issuer, RSA key)
    {
        using var signed = request.Create(issuer, issuer.NotBefore.AddMinutes(1), issuer.NotAfter.AddMinutes(-1), RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }
}
