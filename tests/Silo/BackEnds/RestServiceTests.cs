using System.Net;
using Actors.Silo.Lifetime;
using Actors.Silo.Tests.Support;

namespace Actors.Silo.Tests.BackEnds;

/// <summary>How silos know a storage system's service, and it them.</summary>
[Collection(nameof(SiloRig))]
public sealed class RestServiceTests
{
    /// <summary>Asked of the back end each time; reports about volumes are shared for a second.</summary>
    private const string Pools = "/api/v1/storage/pools";

    [Fact]
    public async Task The_token_is_read_for_each_request_and_the_certificate_is_shown()
    {
        await using var service = await TlsService.StartAsync();
        await using var rig = NewRig(service, "authority.pem", $"--Linstor:TokenFile={service.File("token")}", $"--Linstor:CertificateFile={service.File("silo.pem")}", $"--Linstor:KeyFile={service.File("silo.key")}");
        await rig.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await rig.GetAsync(Pools)).Status);
        Assert.Equal(("Bearer first", "CN=silo"), service.Callers.Last());
        service.Write("token", "second");
        Assert.Equal(HttpStatusCode.OK, (await rig.GetAsync(Pools)).Status);
        Assert.Equal("Bearer second", service.Callers.Last().Authorization);

        File.Delete(service.File("token"));
        var answer = await rig.GetAsync(Pools);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Contains("its token cannot be read", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_of_another_authority_is_told_nothing()
    {
        await using var service = await TlsService.StartAsync();
        await using var rig = NewRig(service, "other.pem", $"--Linstor:TokenFile={service.File("token")}");
        await rig.StartAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await rig.GetAsync(Pools)).Status);
        Assert.Empty(service.Callers);
    }

    [Theory]
    [InlineData("--Linstor:TokenFile=", "nowhere", "The token for LINSTOR cannot be read")]
    [InlineData("--Linstor:AuthorityFile=", "nowhere", "it is to hold LINSTOR's authority")]
    [InlineData("--Linstor:AuthorityFile=", "token", "LINSTOR's authority")]
    [InlineData("--Linstor:CertificateFile=", "authority.pem", "or its key, cannot be read")]
    public async Task A_file_that_cannot_be_read_keeps_the_silo_from_starting(string option, string file, string sentence)
    {
        await using var service = await TlsService.StartAsync();
        await using var rig = NewRig(service, "authority.pem", option + service.File(file));
        var failure = await Assert.ThrowsAnyAsync<Exception>(rig.StartAsync);
        Assert.Contains(sentence, Assert.IsType<SiloStartException>(Innermost(failure)).Message, StringComparison.Ordinal);
    }

    private static Exception Innermost(Exception failure) => failure is SiloStartException || failure.InnerException is null ? failure : Innermost(failure.InnerException);

    private static SiloRig NewRig(TlsService service, string authority, params string[] options) =>
        new(null, ["--Storage:BackEnd=linstor", $"--Linstor:Address={service.Address}", $"--Linstor:AuthorityFile={service.File(authority)}", .. options]);
}
