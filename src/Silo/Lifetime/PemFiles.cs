using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Actors.Silo.Lifetime;

/// <summary>Certificates of files, for connections to services.</summary>
internal static class PemFiles
{
    /// <summary>Trusts certificates that come from those of a file, and no others.</summary>
    /// <param name="path">The file (PEM).</param>
    /// <param name="whose">Whose authority it is to hold, for people: "the API server's".</param>
    /// <exception cref="SiloStartException">The file cannot be read, or has none.</exception>
    public static X509ChainPolicy Trusting(string path, string whose)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new SiloStartException($"The file {Path.GetFullPath(path)} cannot be read; it is to hold {whose} authority: {failure.Message}", failure);
        }

        if (authorities.Count == 0) throw new SiloStartException($"The file {path} has no certificate; it is to hold {whose} authority.");
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    /// <summary>A certificate with its key.</summary>
    /// <param name="certificatePath">Its file (PEM).</param>
    /// <param name="keyPath">The key's; null: it is in the same file.</param>
    /// <exception cref="SiloStartException">They cannot be read, or do not belong together.</exception>
    public static X509Certificate2 Certificate(string certificatePath, string? keyPath)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(certificatePath, keyPath);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new SiloStartException($"The certificate in {Path.GetFullPath(certificatePath)}, or its key, cannot be read: {failure.Message}", failure);
        }
    }
}
