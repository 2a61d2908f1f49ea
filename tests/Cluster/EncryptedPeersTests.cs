using Actors.Harness;

namespace Actors.Cluster.Tests;

/// <summary>Silos whose connections are encrypted, by certificates in files as an operator gives them.</summary>
public sealed class EncryptedPeersTests
{
    [Fact]
    public async Task Silos_with_certificates_form_a_cluster_and_one_without_is_told_what_it_lacks()
    {
        using var authority = new CertificateFiles();
        await using var cluster = await SiloCluster.StartAsync(2, null, authority.Issue("silo"));
        foreach (var silo in cluster.Silos) await silo.WaitForOutputAsync(static output => OutageTests.Has(output, 1) && OutageTests.Has(output, 2), "a view with both nodes");
        (await SiloCluster.RunAsync(cluster.Silos[0], "topics", "create", "orders", "--partitions", "6")).OutputOfSuccess(); // calls go both ways

        await using var plain = SiloProcess.Launch(cluster.Options(3));
        await using var foreign = SiloProcess.Launch(cluster.Options(4, null, ForeignCertificate()));

        await plain.WaitForOutputAsync("Give every silo a certificate of the same authority (Peering:CertificateFile");
        await foreign.WaitForOutputAsync("The connection could not be encrypted");
        foreach (var silo in (SiloProcess[])[plain, foreign]) Assert.DoesNotContain("is ready after", silo.Output, StringComparison.Ordinal);
        foreach (var silo in cluster.Silos) await silo.WaitUntilReadyAsync();
        await cluster.Silos[0].WaitForOutputAsync("(Tls)"); // who runs sees who has come

        string[] ForeignCertificate()
        {
            using var other = new CertificateFiles();
            return other.Issue("foreign", into: authority.Folder);
        }
    }
}
