using Actors.Silo.Lifetime;

namespace Actors.Silo.Rest;

/// <summary>A storage system's REST service: who is asked is known by its certificate, and the silos by a token or a certificate of their own.</summary>
/// <param name="Name">Its name, for people: "LINSTOR".</param>
/// <param name="TokenFile">File with a token, which is read for each request, because tokens are replaced; null: none is sent.</param>
/// <param name="AuthorityFile">File with the certificates that the service's must come from; null: those that the system trusts.</param>
/// <param name="CertificateFile">File with the silos' certificate; null: none is shown.</param>
/// <param name="KeyFile">File with its key; null: it is in the same file.</param>
internal sealed record RestService(string Name, string? TokenFile, string? AuthorityFile, string? CertificateFile = null, string? KeyFile = null)
{
    /// <summary>Makes the client that asks it; the caller owns it.</summary>
    /// <exception cref="SiloStartException">A file cannot be read, or has no certificate.</exception>
    public HttpClient CreateClient()
    {
        var connections = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), UseProxy = false };
        if (AuthorityFile is not null) connections.SslOptions.CertificateChainPolicy = PemFiles.Trusting(AuthorityFile, $"{Name}'s");
        if (CertificateFile is not null) connections.SslOptions.ClientCertificates = [PemFiles.Certificate(CertificateFile, KeyFile)];
        if (TokenFile is not null && TokenHandler.FindProblem(TokenFile) is { } problem) throw new SiloStartException($"The token for {Name} cannot be read: {problem}");
        // Whoever asks sets the time that a request may take.
        return new HttpClient(TokenFile is null ? connections : new TokenHandler(TokenFile, connections)) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
