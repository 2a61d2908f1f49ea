using System.Collections;
using Actors.Harness;
using Actors.Silo.Options;

namespace Actors.Silo.Tests.Options;

public sealed class SiloConfigurationTests
{
    [Fact]
    public void Every_source_has_its_place()
    {
        using var folder = new TemporaryDirectory();
        File.WriteAllText(folder.Path("appsettings.json"), """{ "Silo": { "NodeId": 1, "Name": "file" }, "Http": { "Port": 1 } }""");
        var environment = new Hashtable { ["Silo__NodeId"] = "2", ["Silo__Name"] = "environment" };

        var configuration = SiloConfiguration.Read(["--Silo:NodeId=3"], environment, folder.FullName);

        Assert.Empty(configuration.Mistakes);
        Assert.Equal((3, "environment", 1), (configuration.Silo.NodeId, configuration.Silo.Name, configuration.Http.Port));
    }

    [Fact]
    public void The_predecessors_name_of_an_interval_is_understood_and_overridden_by_ours()
    {
        Assert.Equal(77, Seconds(new Hashtable { ["RECONCILE_INTERVAL_SECONDS"] = "77" }));
        Assert.Equal(88, Seconds(new Hashtable { ["RECONCILE_INTERVAL_SECONDS"] = "77", ["Storage__ReconcileIntervalSeconds"] = "88" }));
        var mistake = Assert.Single(SiloConfiguration.Read([], new Hashtable { ["RECONCILE_INTERVAL_SECONDS"] = "soon" }, Path.GetTempPath()).Mistakes);
        Assert.Equal("Storage:ReconcileIntervalSeconds", mistake.Key);

        static int Seconds(Hashtable environment) => SiloConfiguration.Read([], environment, Path.GetTempPath()).Bound.Get<StorageOptions>().ReconcileIntervalSeconds;
    }

    [Theory]
    [InlineData("--Peering:Secret=hunter2", "must have 16 to 1024 characters")]
    [InlineData("--Peering:CertificateFile=silo.pem", "come together")]
    [InlineData("--Peering:KeyFile=silo.key", "of no use without Peering:CertificateFile")]
    [InlineData("--Peering:Host=no.such.host", "must be an IP address")]
    [InlineData("--Kubernetes:ApiServer=http://10.0.0.1", "must be an address such as https://")]
    [InlineData("--Peering:SecretFile=secret --Silo:Store=Host=db;Password=hunter2", "must be \"embedded\" or a connection string with a host and a database")]
    [InlineData("--Silo:Membership=kubernetes", "is alone and has no list")]
    [InlineData("--Kafka:Host=no.such.host", "must be an IP address")]
    [InlineData("--Http:Host=", "must be text that is not empty")]
    [InlineData("--Http:Port=9092", "must differ from Kafka:Port")]
    [InlineData("--Kafka:DefaultReplicationFactor=3", "keeps one copy of each partition")]
    [InlineData("--Log:WalFileBytes=1048576", "must be a whole number from 33554432")]
    [InlineData("--Log:WalFileBytes=33554433", "WalFileBytes is 33554433; it must be a multiple of 4,096")]
    [InlineData("--Log:MaxWalBytes=201326592", "CheckpointBytes is 201326592; it must be at least 1 and leave one file of MaxWalBytes (201326592)")]
    [InlineData("--Log:CheckpointBytes=900000000", "CheckpointBytes is 900000000; it must be at least 1 and leave one file")]
    [InlineData("--Agents:QuerierWorkers=-1", "must be a whole number from 0 to 1000")]
    [InlineData("--Agents:HandshakerWorkers=1001", "must be a whole number from 0 to 1000")]
    [InlineData("--Agents:HeartbeatFlushMs=20000", "must be at most half of Agents:InactiveAfterMs (30000)")]
    [InlineData("--Storage:BackEnd=tape", "must be one of none, files, qemu, mayastor, linstor")]
    [InlineData("--Storage:BackEnd=files --Storage:FilesPoolFolders=hot;cold", "must be there when Storage:BackEnd is")]
    [InlineData("--Storage:BackEnd=files --Storage:FilesVolumesFolder=volumes", "must name at least one folder")]
    [InlineData("--Storage:FilesPoolFolders=hot", "is of no use without Storage:BackEnd=files")]
    [InlineData("--Storage:BackEnd=qemu --Qemu:PoolFolders=hot", "must be there when Storage:BackEnd is \"qemu\"")]
    [InlineData("--Storage:BackEnd=qemu --Qemu:VolumesFolder=v --Qemu:PoolFolders=;", "must name at least one folder")]
    [InlineData("--Storage:BackEnd=qemu --Qemu:PoolFolders=hot --Qemu:VolumesFolder=/a-long-folder/a-long-folder/a-long-folder/a-long-folder/a-long-folder/a-long-folder/a-long-folder", "must have at most 96 bytes as a whole path, and has 98")]
    [InlineData("--Storage:BackEnd=mayastor", "must be there when Storage:BackEnd is \"mayastor\"")]
    [InlineData("--Storage:BackEnd=mayastor --Mayastor:Address=mayastor:8081", "must be an address such as http://mayastor-api-rest:8081/v0")]
    [InlineData("--Storage:BackEnd=linstor", "must be there when Storage:BackEnd is \"linstor\"")]
    [InlineData("--Storage:BackEnd=linstor --Linstor:Address=3370", "must be an address such as http://linstor-controller:3370")]
    [InlineData("--Storage:BackEnd=linstor --Linstor:Address=http://10.0.0.1:3370 --Linstor:TokenFile=token", "must begin with https:// where a token")]
    [InlineData("--Storage:BackEnd=linstor --Linstor:Address=https://10.0.0.1:3371 --Linstor:KeyFile=key", "of no use without Linstor:CertificateFile")]
    [InlineData("--Storage:BackEnd=linstor --Linstor:Address=http://10.0.0.1:3370 --Linstor:TimeoutSeconds=0", "must be a whole number from 1 to 600")]
    [InlineData("--Linstor:Address=http://10.0.0.1:3370", "is of no use without Storage:BackEnd=linstor")]
    [InlineData("--Storage:PrometheusUrl=prometheus", "must be an address such as http://prometheus:9090")]
    [InlineData("--Storage:HeatMetrics=a-b,c", "must be names of metrics")]
    [InlineData("--Storage:Links=ab=a~b", "'ab=a~b' is no link: NAME=FIRST~SECOND@PROFILE")]
    [InlineData("--Storage:Links=ab=a~b@1G;cd=c~c@25G", "'cd=c~c@25G' joins c with itself")]
    [InlineData("--Storage:ShareTimeToLiveMs=1000", "must be at least twice Storage:StepIntervalMs")]
    [InlineData("--Storage:MinCopyBytesPerSecond=1000000000000", "must be at most Storage:MaxCopyBytesPerSecond")]
    [InlineData("--Storage:MaxPoolBytesPerSecond=8388607", "must be at most Storage:MaxPoolBytesPerSecond (8388607)")]
    [InlineData("--Storage:MaxPoolBytesPerSecond=100000000 --Storage:Links=ab=a~b@25G;bc=b~c@2.5G", "the least that a copy gets, its profile's c-min-rate or Storage:MaxCopyBytesPerSecond: ab")]
    [InlineData("--Storage:LinkHeadroomPercent=100 --Storage:Links=ab=a~b@10G", "no copy would ever begin")]
    [InlineData("--Storage:Links=ab=a~b@25G@50000000", "no copy would ever begin")]
    [InlineData("--Logging:LogLevel:Default=Inof", "one of Trace, Debug")]
    [InlineData("--Logging:Console:LogLevel:Default=7", "one of Trace, Debug")]
    [InlineData("--Logging:Json=yes", "true or false")]
    [InlineData("--Logging:Console:FormatterName=xml", "one of simple, json, systemd")]
    public void What_the_silo_cannot_do_is_refused_at_start(string arguments, string sentence)
    {
        var mistake = Assert.Single(Read(arguments.Split(' '), []).Mistakes);

        Assert.Contains(sentence, mistake.Sentence);
        Assert.DoesNotContain("hunter2", mistake.ToString());
    }

    [Fact]
    public void Everything_that_a_chosen_back_end_lacks_is_told_at_once()
    {
        var mistakes = Read(["--Storage:BackEnd=qemu", "--Mayastor:Address=http://10.0.0.1:8081", "--Storage:FilesPoolFolders=hot"], []).Mistakes;
        Assert.Equal(["Storage:FilesPoolFolders", "Qemu:VolumesFolder", "Qemu:PoolFolders", "Mayastor:Address"], mistakes.Select(static mistake => mistake.Key));
    }

    [Theory]
    [InlineData("--Storage:BackEnd=qemu", "--Qemu:VolumesFolder=v", "--Qemu:PoolFolders=hot;cold")]
    [InlineData("--Storage:BackEnd=mayastor", "--Mayastor:Address=https://mayastor:8081", "--Mayastor:TokenFile=token")]
    [InlineData("--Storage:BackEnd=linstor", "--Linstor:Address=https://linstor:3371", "--Linstor:CertificateFile=c.pem")]
    public void A_back_end_with_what_it_needs_is_taken(params string[] arguments) => Assert.Empty(Read(arguments, []).Mistakes);

    [Theory]
    [InlineData("", "need a secret that they share")]
    [InlineData("--Peering:SecretFile=secret --Peering:Secret=0123456789abcdef", "leave one of them out")]
    [InlineData("--Peering:SecretFile=secret --Peering:Port=9092", "must differ from Kafka:Port and Http:Port")]
    [InlineData("--Peering:SecretFile=secret --Silo:Store=Host=", "must be \"embedded\" or a connection string")]
    [InlineData("--Peering:SecretFile=secret --Silo:Store=postgres://db/actors", "must be \"embedded\" or a connection string")]
    [InlineData("--Peering:SecretFile=secret --Peering:Host=*", "must say which one the other silos connect to")]
    [InlineData("--Peering:SecretFile=secret --Silo:Membership=etcd", "must be one of store, kubernetes")]
    public void A_silo_of_a_cluster_needs_what_it_shares_with_the_others(string arguments, string sentence)
    {
        string[] cluster = ["--Silo:Store=Host=db;Database=actors"];

        var mistake = Assert.Single(Read([.. cluster, .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)], []).Mistakes);
        Assert.Contains(sentence, mistake.Sentence);
        var good = Read([.. cluster, "--Peering:Secret=0123456789abcdef"], []);
        Assert.Empty(good.Mistakes);
        Assert.True(good.Silo.IsClustered);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http")]
    public void Exporter_variables_are_checked(string name, string value) =>
        Assert.Equal(name, Assert.Single(Read([], new Hashtable { [name] = value }).Mistakes).Key);

    [Fact]
    public void The_options_of_the_design_exist_with_its_defaults()
    {
        var defaults = Read([], []);
        string[] keys =
        [
            "Silo:NodeId", "Silo:Name", "Silo:DataDirectory", "Silo:WalDirectory", "Silo:Store", "Silo:Membership", "Peering:Host",
            "Peering:Port", "Kafka:Host", "Kafka:Port", "Kafka:AdvertisedHost", "Kafka:AdvertisedPort", "Kafka:AutoCreateTopics",
            "Kafka:DefaultPartitions", "Kafka:DefaultReplicationFactor", "Http:Host", "Http:Port",
        ];

        Assert.Empty(defaults.Mistakes);
        Assert.All(keys, key => Assert.True(SiloConfiguration.Schema.TryFind(key, out _), key));
        Assert.Equal(("127.0.0.1", 9092), (defaults.Kafka.Host, defaults.Kafka.Port));
        Assert.Equal(("127.0.0.1", 8080), (defaults.Http.Host, defaults.Http.Port));
        Assert.Equal(("data", "embedded"), (defaults.Silo.DataDirectory, defaults.Silo.Store));
    }

    [Fact]
    public void Every_option_is_described() =>
        Assert.All(SiloConfiguration.Schema.Options, option => Assert.EndsWith(".", option.Description));

    [Fact]
    public void The_guide_lists_the_options_as_they_are()
    {
        var path = Path.Combine(Repository.Root, "docs", "options.md");
        var expected = OptionText.Page(SiloConfiguration.Schema);
        if (Environment.GetEnvironmentVariable("ACTORS_TEST_UPDATE") == "1") File.WriteAllText(path, Introduction(path) + expected);

        Assert.True(
            File.ReadAllText(path) == Introduction(path) + expected,
            "docs/options.md is behind the options: run this test with ACTORS_TEST_UPDATE=1.");
    }

    private static string Introduction(string path) => File.ReadAllText(path).Split("\n## ")[0];

    private static SiloConfiguration Read(string[] arguments, Hashtable environment) =>
        SiloConfiguration.Read(arguments, environment, Path.Combine(Path.GetTempPath(), "there-is-no-such-folder"));
}
