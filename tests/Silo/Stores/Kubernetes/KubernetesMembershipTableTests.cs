using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Actors.Grains.Tests.Support;
using Actors.Harness;
using Actors.Membership;
using Actors.Silo.Lifetime;
using Actors.Tests.Membership;
using Microsoft.AspNetCore.Http;
using Orleans.Runtime;

namespace Actors.Silo.Tests.Stores.Kubernetes;

/// <summary>Custom resources keep the promises of a table that several silos share, also on a server that is slow, deaf and forgetful.</summary>
public sealed class KubernetesMembershipTableTests : SharedMembershipTableCompliance, IAsyncLifetime
{
    private KubernetesRig _rig = null!;

    private FakeApiServer Server => _rig.Server;

    public async ValueTask InitializeAsync() => _rig = await KubernetesRig.StartAsync(Cluster);

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task The_token_is_read_again_for_each_request()
    {
        var table = await InitializedAsync();
        Server.Token = "second";
        var error = await Assert.ThrowsAsync<MembershipStoreException>(table.ReadAll);
        Assert.Contains("does not accept the token in", error.Message);
        await File.WriteAllTextAsync(_rig.Folder.Path("token"), "second");
        Assert.Empty((await table.ReadAll()).Members);
    }

    [Fact]
    public async Task What_is_missing_or_forbidden_is_said_in_a_sentence()
    {
        Server.Intercept = static async context =>
        {
            context.Response.StatusCode = 404;
            await context.Response.WriteAsync("404 page not found\n");
            return true;
        };
        var table = await OpenAsync();
        var error = await Assert.ThrowsAsync<MembershipStoreException>(() => table.InitializeMembershipTable(true));
        Assert.Contains("apply deploy/k8s/membership-crd.yaml", error.Message);
        Server.Intercept = static async context =>
        {
            await FakeApiServer.RefuseAsync(context, 403, "Forbidden", "cannot get resource");
            return true;
        };
        error = await Assert.ThrowsAsync<MembershipStoreException>(() => table.InitializeMembershipTable(true));
        Assert.Contains("give it the Role of deploy/k8s: cannot get resource", error.Message);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(0)]
    public async Task A_read_is_tried_again(int code)
    {
        var table = await InitializedAsync();
        var failures = 0;
        Server.Intercept = async context =>
        {
            if (++failures > 3) return false;
            if (code == 0) context.Abort();
            else await FakeApiServer.RefuseAsync(context, code, "Trouble", "not now");
            return true;
        };
        Assert.Empty((await table.ReadAll()).Members);
        Assert.True(failures > 3);
    }

    [Theory]
    [InlineData(500, true)]
    [InlineData(0, true)]
    [InlineData(422, false)]
    public async Task A_write_that_fails_says_whether_it_may_have_happened(int code, bool mayHaveHappened)
    {
        var table = await InitializedAsync();
        var next = (await table.ReadAll()).Version.Next();
        var puts = 0;
        Server.Intercept = async context =>
        {
            if (context.Request.Method != "PUT") return false;
            puts++;
            if (code == 0) context.Abort();
            else await FakeApiServer.RefuseAsync(context, code, "Trouble", "not now");
            return true;
        };
        var error = await Assert.ThrowsAsync<MembershipStoreException>(() => table.InsertRow(Entry(1), next));
        Assert.Equal((mayHaveHappened, 1), (error.MayHaveHappened, puts));
    }

    [Fact]
    public async Task AServer_that_does_not_answer_ends_the_call()
    {
        var table = _rig.Open(static options => options with { OperationTimeout = TimeSpan.FromSeconds(1) });
        await table.InitializeMembershipTable(true);
        var release = new TaskCompletionSource();
        Server.Intercept = async _ =>
        {
            await release.Task;
            return false;
        };
        var error = await Assert.ThrowsAsync<MembershipStoreException>(() => table.ReadAll().WaitAsync(Limit));
        release.SetResult();
        Assert.Contains("did not answer within 1 s", error.Message);
    }

    [Fact]
    public async Task Who_edits_the_object_without_a_new_version_disturbs_no_writer()
    {
        var table = await InitializedAsync();
        var next = (await table.ReadAll()).Version.Next();
        var edits = 0;
        Server.Intercept = context =>
        {
            if (context.Request.Method == "PUT" && edits++ < 2) Server.Edit(static json => json["metadata"]!["labels"] = new JsonObject { ["edited"] = "yes" });
            return Task.FromResult(false);
        };
        Assert.True(await table.InsertRow(Entry(1), next));
        Assert.Equal(3, edits);
        string? label = null;
        Server.Edit(json => label = (string?)json["metadata"]!["labels"]!["edited"]);
        Assert.Equal("yes", label);
    }

    [Fact]
    public async Task Who_edits_the_object_while_dead_silos_are_removed_does_not_keep_them()
    {
        var table = await InitializedAsync();
        await InsertAsync(table, Entry(1, status: SiloStatus.Dead));
        var edits = 0;
        Server.Intercept = context =>
        {
            if (context.Request.Method == "PUT" && edits++ < 2) Server.Edit(static json => json["metadata"]!["labels"] = new JsonObject { ["edited"] = "yes" });
            return Task.FromResult(false);
        };
        await table.CleanupDefunctSiloEntries(DateTimeOffset.MaxValue);
        Assert.Equal(3, edits);
        Assert.Empty((await table.ReadAll()).Members);
    }

    [Fact]
    public async Task What_the_documentation_says_declares_a_silo_dead()
    {
        var definition = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy", "k8s", "membership-crd.yaml"), TestContext.Current.CancellationToken);
        var kustomization = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy", "k8s", "kustomization.yaml"), TestContext.Current.CancellationToken);
        var document = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "cluster.md"), TestContext.Current.CancellationToken);
        var command = document[document.IndexOf("`kubectl ", StringComparison.Ordinal)..].Split('`')[1].Split(' ');
        Assert.Equal(["kubectl", "-n", Value(kustomization, "namespace"), "edit", Value(definition, "singular"), "membership"], command);
        var table = await InitializedAsync();
        await InsertAsync(table, Entry(1, status: SiloStatus.Active));
        await InsertAsync(table, Entry(2, status: SiloStatus.Active));
        var before = await table.ReadAll();

        Server.Edit(static json =>
        {
            var spec = json["spec"]!;
            spec["silos"]!.AsArray().Single(static silo => SiloNodeName.Parse((string)silo!["name"]!).NodeId == 2)!["status"] = "Dead";
            spec["version"] = (int)spec["version"]! + 1;
        });

        var after = await table.ReadAll();
        Assert.Equal(before.Version.Version + 1, after.Version.Version);
        Assert.Equal(
            [(1, SiloStatus.Active), (2, SiloStatus.Dead)],
            after.Members.Select(static member => (SiloNodeName.Parse(member.Item1.SiloName).NodeId, member.Item1.Status)).Order());

        static string Value(string yaml, string key) =>
            yaml.Split('\n').Select(static line => line.Trim()).First(line => line.StartsWith($"{key}: ", StringComparison.Ordinal)).Split(": ")[1];
    }

    [Theory]
    [InlineData("""{"status":"Sleeping"}""", "no status is called 'Sleeping'")]
    [InlineData("""{"status":3}""", "its status is 3")]
    [InlineData("""{"name":"silo"}""", "its name is 'silo'")]
    [InlineData("""{"address":"nowhere"}""", "'nowhere' is not address:port@generation")]
    [InlineData("""{"startedAt":"soon"}""", "its startedAt is 'soon'")]
    [InlineData("""{"proxyPort":99999999999}""", "its proxyPort is 99999999999")]
    [InlineData("""{"suspects":[7]}""", "one of its suspects is no object")]
    public async Task A_row_that_nobody_can_read_is_named_and_the_silos_go_on(string garbage, string problem)
    {
        var table = await InitializedAsync();
        await InsertAsync(table, Entry(1, status: SiloStatus.Active));
        await InsertAsync(table, Entry(2, status: SiloStatus.Active));
        var known = await table.ReadAll();
        Server.Edit(json =>
        {
            foreach (var (name, value) in (JsonObject)JsonNode.Parse(garbage)!) json["spec"]!["silos"]![1]![name] = value?.DeepClone();
        });

        var error = await Assert.ThrowsAsync<MembershipRowException>(table.ReadAll);
        Assert.Contains(problem, error.Message);
        Assert.Contains("kubectl -n NAMESPACE edit clustermemberships.actors.billyronks.io membership", error.Message);
        var own = known.TryGet(Entry(1).SiloAddress)!;
        Assert.Equal(SiloStatus.Active, (await table.RenewLeaseAsync(own.Item1.SiloAddress, CancellationToken.None))!.Value.Status);
        Assert.True(await table.UpdateRow(Entry(1, status: SiloStatus.ShuttingDown), own.Item2, known.Version.Next()));
    }

    [Fact]
    public async Task Another_clusters_object_is_refused_with_both_names()
    {
        await InitializedAsync();
        Server.Edit(static json => json["spec"]!["clusterId"] = "orchid");
        var table = await OpenAsync();
        var error = await Assert.ThrowsAsync<ClusterMismatchException>(() => table.InitializeMembershipTable(true));
        Assert.Equal((Cluster, "orchid"), (error.Asked, error.Held));
    }

    [Theory]
    [InlineData("ended")]
    [InlineData("cut")]
    [InlineData("compacted")]
    [InlineData("bookmarked")]
    [InlineData("gone")]
    [InlineData("silent")]
    public async Task Changes_arrive_whatever_becomes_of_the_watch(string trouble)
    {
        var table = _rig.Open(options => trouble == "silent" ? options with { WatchTimeout = TimeSpan.FromMilliseconds(50), OperationTimeout = TimeSpan.FromSeconds(1) } : options);
        await table.InitializeMembershipTable(true);
        using var stop = new CancellationTokenSource(Limit);
        await using var versions = table.WatchAsync(stop.Token).GetAsyncEnumerator(stop.Token);
        Assert.True(await versions.MoveNextAsync());
        for (var round = 1; round <= 3; round++)
        {
            var next = versions.MoveNextAsync();
            await TestGuard.UntilAsync(() => Server.Watches == 1, "a watch");
            if (trouble == "bookmarked") Server.SendBookmarks();
            if (trouble is "compacted" or "bookmarked") Server.Compact(changesElsewhere: trouble == "compacted" ? 1 : 0);
            if (trouble == "gone")
            {
                var answered = 0;
                Server.Intercept = async context =>
                {
                    if (!context.Request.Query.ContainsKey("watch") || answered++ > 0) return false;
                    await FakeApiServer.RefuseAsync(context, 410, "Gone", "too old");
                    return true;
                };
            }

            if (trouble == "silent") Server.DeafenWatches();
            else Server.CutWatches(withConnection: trouble == "cut");
            await InsertAsync(table, Entry(round));
            Assert.True(await next);
            Assert.Equal(round, versions.Current);
        }

        var goesOn = trouble is "ended" or "cut" or "bookmarked";
        Assert.True(goesOn ? Server.Lists == 1 : Server.Lists > 1, $"{Server.Lists} lists");
    }

    [Fact]
    public async Task AServer_of_another_authority_is_not_trusted()
    {
        using var authority = Authority("CN=ours");
        using var other = Authority("CN=theirs");
        await using var server = await FakeApiServer.StartAsync(ServerCertificate(authority));
        await File.WriteAllTextAsync(_rig.Folder.Path("ours.crt"), authority.ExportCertificatePem());
        await File.WriteAllTextAsync(_rig.Folder.Path("theirs.crt"), other.ExportCertificatePem());
        await File.WriteAllTextAsync(_rig.Folder.Path("empty.crt"), "");
        var address = new UriBuilder(server.Address) { Scheme = "https", Host = "127.0.0.1" }.Uri;

        await _rig.Open(options => options with { Server = address, AuthorityPath = _rig.Folder.Path("ours.crt") }).InitializeMembershipTable(true);
        var stranger = _rig.Open(options => options with { Server = address, AuthorityPath = _rig.Folder.Path("theirs.crt"), OperationTimeout = TimeSpan.FromSeconds(1) });
        var error = await Assert.ThrowsAsync<MembershipStoreException>(() => stranger.ReadAll().WaitAsync(Limit));
        Assert.Contains("certificate", error.Message);
        Assert.Throws<SiloStartException>(() => _rig.Open(options => options with { Server = address, AuthorityPath = _rig.Folder.Path("empty.crt") }));
    }

    protected override Task<ILeasedMembershipTable> OpenAsync() => Task.FromResult<ILeasedMembershipTable>(_rig.Open());

    protected override Task AgeLeasesAsync(TimeSpan by)
    {
        _rig.Time.Shift(by);
        return Task.CompletedTask;
    }

    private static X509Certificate2 Authority(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static X509Certificate2 ServerCertificate(X509Certificate2 authority)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=api", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(authority, authority.NotBefore.AddMinutes(1), authority.NotAfter.AddMinutes(-1), [1, 2, 3, 4]);
        using var whole = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }
}
