using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Actors.Cli.Tests;
using Actors.Harness;
using Actors.Storage.BackEnds.Files;
using Actors.Storage.Load;

namespace Actors.Cluster.Tests.Storage;

/// <summary>Real bytes on three silos with PostgreSQL: ten volumes move by a policy, and the silo that decides over them is killed while they do.</summary>
public sealed class MigrationsTests
{
    private const int Volumes = 10;
    private const int VolumeBytes = 16 << 20;

    /// <summary>Sixteen seconds of copying for each volume, of which what five seconds wrote is noted at once: so all are in the middle together on a slow machine too.</summary>
    private const int CopyBytesPerSecond = 1 << 20;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private static readonly string[] Names = [.. Enumerable.Range(0, Volumes).Select(static number => string.Create(CultureInfo.InvariantCulture, $"v{number}"))];

    [Fact]
    public async Task Ten_volumes_end_where_their_policy_says_though_the_silo_that_owns_their_migrations_is_killed()
    {
        using var folder = new TemporaryDirectory();
        var (volumes, hot, cold, policy) = (folder.Path("volumes"), folder.Path("hot"), folder.Path("cold"), folder.Path("policy.yaml"));
        var before = await MakeAsync(volumes, hot, cold);
        await File.WriteAllTextAsync(policy, $$"""
            apiVersion: storage.billyronks.io/v1
            kind: StoragePolicy
            metadata: { name: fast }
            spec:
              storageClassName: files
              samplingWindow: 1m
              maxConcurrentMigrations: {{Volumes}}
              hotPoolSelector: { matchLabels: { tier: hot } }
              coldPoolSelector: { matchLabels: { tier: cold } }
            """);
        await using var prometheus = new FakePrometheus { Volumes = Names, Iops = 9_000 };
        await using var cluster = await SiloCluster.StartAsync(
            3, null,
            "--Storage:BackEnd=files", $"--Storage:FilesVolumesFolder={volumes}", $"--Storage:FilesPoolFolders={hot};{cold}", $"--Storage:PrometheusUrl={prometheus.Address}",
            "--Storage:Readings=1", "--Storage:ReconcileIntervalSeconds=1", "--Storage:StartPauseSeconds=0", "--Storage:SoakSeconds=1", "--Storage:StepIntervalMs=200",
            $"--Storage:MaxCopies={Volumes}", $"--Storage:MaxCopiesPerNode={Volumes}", $"--Storage:MaxCopiesPerPool={Volumes}",
            $"--Storage:MaxCopyBytesPerSecond={CopyBytesPerSecond}", $"--Storage:MinCopyBytesPerSecond={CopyBytesPerSecond}", "--Storage:MinFreePercent=0");
        var first = cluster.Silos[0];
        (await SiloCluster.RunAsync(first, "policies", "apply", "-f", policy, "--data-directory", first.Options.DataDirectory)).OutputOfSuccess();
        await UntilAsync(first, "volumes", static answer => Moving(answer).Count(static volume => Phase(volume) == "copying" && Copied(volume) > 0) == Volumes, "all are copied at once");

        var owner = await HomeAsync(first, "storage.policies/policies");
        var homes = await Task.WhenAll(Names.Select(name => HomeAsync(first, $"storage.volume/{name}")));
        Assert.Contains(owner, homes);
        await cluster.Silos[owner - 1].KillAsync();

        var living = cluster.Silos.First(silo => silo != cluster.Silos[owner - 1]);
        var status = (await UntilAsync(living, "policies/fast", static answer => answer.GetProperty("status").GetProperty("totalMigrations").GetInt32() == Volumes, "all have ended")).GetProperty("status");
        Assert.Equal((0, 0), (status.GetProperty("failedMigrations").GetInt32(), status.GetProperty("activeMigrations").GetInt32()));
        var history = status.GetProperty("migrationHistory").EnumerateArray().ToList();
        Assert.Equal(Names, history.Select(static one => one.GetProperty("volumeName").GetString()!).Order(StringComparer.Ordinal));
        Assert.All(history, static one => Assert.True(one.GetProperty("success").GetBoolean(), one.GetRawText()));

        // The same bytes, in the pool that the policy wants; one replica was made of each volume, and one, the old one, was removed.
        foreach (var name in Names)
        {
            var link = Path.Combine(volumes, name, "data");
            Assert.StartsWith(hot, File.ResolveLinkTarget(link, returnFinalTarget: true)!.FullName, StringComparison.Ordinal);
            Assert.Equal(before[name], await HashAsync(link));
            var descriptor = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(volumes, name, "volume.json"))).RootElement;
            Assert.Equal((1, 2), (descriptor.GetProperty("replicas").GetArrayLength(), descriptor.GetProperty("lastReplica").GetInt32()));
        }

        Assert.Equal((Volumes, 0), (Replicas(hot), Replicas(cold)));
    }

    private static async Task<Dictionary<string, string>> MakeAsync(string volumes, string hot, string cold)
    {
        Directory.CreateDirectory(volumes);
        FilesBackEnd.CreatePool(hot, new PoolDescriptor { Name = "hot", Node = "here", Labels = new Dictionary<string, string> { ["tier"] = "hot" } });
        FilesBackEnd.CreatePool(cold, new PoolDescriptor { Name = "cold", Node = "here", Labels = new Dictionary<string, string> { ["tier"] = "cold" } });
        await using var backEnd = new FilesBackEnd(new FilesOptions { VolumesFolder = volumes, PoolFolders = [hot, cold] }, TimeProvider.System, new DiskActivity(new LinuxDisks()));
        var random = new Random(6);
        var bytes = new byte[VolumeBytes];
        var hashes = new Dictionary<string, string>();
        foreach (var name in Names)
        {
            var link = await backEnd.CreateVolumeAsync(name, "files", new Dictionary<string, string>(), "cold", VolumeBytes, CancellationToken.None);
            random.NextBytes(bytes);
            await using (var file = new FileStream(link, FileMode.Open, FileAccess.Write))
            {
                await file.WriteAsync(bytes);
                file.Flush(flushToDisk: true);
            }

            hashes[name] = await HashAsync(link);
        }

        return hashes;
    }

    private static int Replicas(string pool) => Directory.EnumerateFiles(pool, "*", SearchOption.AllDirectories).Count(static file => Path.GetFileName(file) != "pool.json");

    private static async Task<string> HashAsync(string path)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexString(await SHA256.HashDataAsync(file));
    }

    private static IEnumerable<JsonElement> Moving(JsonElement answer) => answer.GetProperty("volumes").EnumerateArray().Where(static volume => volume.GetProperty("migration").ValueKind == JsonValueKind.Object);

    private static string? Phase(JsonElement volume) => volume.GetProperty("migration").GetProperty("phase").GetString();

    private static long Copied(JsonElement volume) => volume.GetProperty("migration").GetProperty("copiedBytes").GetInt64();

    private static async Task<int> HomeAsync(SiloProcess silo, string grain) =>
        JsonDocument.Parse(await silo.GetAsync($"/api/v1/grains/{grain}")).RootElement.GetProperty("homeNodeId").GetInt32();

    private static async Task<JsonElement> UntilAsync(SiloProcess silo, string what, Func<JsonElement, bool> condition, string sentence)
    {
        using var guard = new CancellationTokenSource(Limit);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        var last = "";
        try
        {
            do
            {
                var (status, body) = await silo.AskAsync($"/api/v1/storage/{what}").WaitAsync(guard.Token);
                last = body;
                if (status != HttpStatusCode.OK) continue; // a grain is on its way to another silo
                var answer = JsonDocument.Parse(body).RootElement;
                if (condition(answer)) return answer;
            }
            while (await ticks.WaitForNextTickAsync(guard.Token));
        }
        catch (OperationCanceledException)
        {
            // Said below.
        }

        Assert.Fail($"Not within {Limit}: {sentence}; the last answer is {last}\n{silo.Output}");
        return default;
    }
}
