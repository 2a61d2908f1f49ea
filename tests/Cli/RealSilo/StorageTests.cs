using System.Security.Cryptography;
using System.Text.Json;
using Actors.Harness;
using Actors.Storage.BackEnds.Files;
using Actors.Storage.Load;

namespace Actors.Cli.Tests.RealSilo;

/// <summary>Real bytes: a policy comes in by the command line, and the volume moves though the silo is killed in the middle.</summary>
public sealed class StorageTests
{
    private const int VolumeBytes = 24 << 20;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task A_hot_volume_moves_by_its_policy_and_a_kill_in_the_middle_does_not_stop_it()
    {
        using var folder = new TemporaryDirectory();
        var (volumes, hot, cold, data) = (folder.Path("volumes"), folder.Path("hot"), folder.Path("cold"), folder.Path("data"));
        Directory.CreateDirectory(data);
        var link = await MakeAsync(volumes, hot, cold);
        var before = await HashAsync(link);
        var policy = folder.Path("policy.yaml");
        await File.WriteAllTextAsync(policy, """
            apiVersion: storage.billyronks.io/v1
            kind: StoragePolicy
            metadata: { name: fast }
            spec:
              storageClassName: files
              samplingWindow: 1m
              hotPoolSelector: { matchLabels: { tier: hot } }
              coldPoolSelector: { matchLabels: { tier: cold } }
            """);
        await using var prometheus = new FakePrometheus { Iops = 9_000 };
        var options = new SiloProcessOptions(data)
        {
            Arguments =
            [
                "--Storage:BackEnd=files", $"--Storage:FilesVolumesFolder={volumes}", $"--Storage:FilesPoolFolders={hot};{cold}", $"--Storage:PrometheusUrl={prometheus.Address}",
                "--Storage:Readings=1", "--Storage:ReconcileIntervalSeconds=1", "--Storage:StartPauseSeconds=0", "--Storage:SoakSeconds=1", "--Storage:StepIntervalMs=100", "--Storage:ShareTimeToLiveMs=1000",
                $"--Storage:MaxCopyBytesPerSecond={4 << 20}", $"--Storage:MinCopyBytesPerSecond={1 << 20}", "--Storage:MinFreePercent=0",
            ],
        };

        await using (var first = await SiloProcess.StartAsync(options))
        {
            var applied = (await CliProcess.RunAsync(first, "policies", "apply", "-f", policy, "--data-directory", data, "-o", "json")).Expect(0).Json;
            Assert.Equal("created", applied.GetProperty("changes")[0].GetProperty("change").GetString());
            await UntilAsync(first, volume => volume.GetProperty("migration") is { ValueKind: JsonValueKind.Object } migration && migration.GetProperty("copiedBytes").GetInt64() > 0, "a part is copied");
            await first.KillAsync();
        }

        await using var second = await SiloProcess.StartAsync(options);
        await UntilAsync(second, static volume => volume.GetProperty("pools")[0].GetString() == "hot" && !volume.GetProperty("isMoving").GetBoolean(), "it has moved");

        Assert.Equal(before, await HashAsync(link));
        Assert.StartsWith(hot, File.ResolveLinkTarget(link, returnFinalTarget: true)!.FullName, StringComparison.Ordinal);
        Assert.Single((await CliProcess.RunAsync(second, "pools", "list", "-o", "json")).Expect(0).Json.GetProperty("pools").EnumerateArray(), static pool => pool.GetProperty("replicas").GetInt32() == 1);
        var status = (await CliProcess.RunAsync(second, "policies", "show", "fast", "-o", "json")).Expect(0).Json.GetProperty("status");
        Assert.Equal((1, 0), (status.GetProperty("totalMigrations").GetInt32(), status.GetProperty("failedMigrations").GetInt32()));

        // Back again by request, waited for.
        prometheus.Iops = 1_000;
        var back = (await CliProcess.RunAsync(second, "volumes", "migrate", "v1", "--to", "cold", "--wait", "--data-directory", data)).Expect(0);
        Assert.Equal("v1: done", back.Lines[0]);
        Assert.Equal(before, await HashAsync(link));
        Assert.StartsWith(cold, File.ResolveLinkTarget(link, returnFinalTarget: true)!.FullName, StringComparison.Ordinal);
    }

    private static async Task<string> MakeAsync(string volumes, string hot, string cold)
    {
        Directory.CreateDirectory(volumes);
        FilesBackEnd.CreatePool(hot, new PoolDescriptor { Name = "hot", Node = "here", Labels = new Dictionary<string, string> { ["tier"] = "hot" } });
        FilesBackEnd.CreatePool(cold, new PoolDescriptor { Name = "cold", Node = "here", Labels = new Dictionary<string, string> { ["tier"] = "cold" } });
        await using var backEnd = new FilesBackEnd(new FilesOptions { VolumesFolder = volumes, PoolFolders = [hot, cold] }, TimeProvider.System, new DiskActivity(new LinuxDisks()));
        var link = await backEnd.CreateVolumeAsync("v1", "files", new Dictionary<string, string>(), "cold", VolumeBytes, CancellationToken.None);
        var bytes = new byte[VolumeBytes];
        new Random(5).NextBytes(bytes);
        await using var file = new FileStream(link, FileMode.Open, FileAccess.Write);
        await file.WriteAsync(bytes);
        file.Flush(flushToDisk: true);
        return link;
    }

    private static async Task<string> HashAsync(string path)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexString(await SHA256.HashDataAsync(file));
    }

    private static async Task UntilAsync(SiloProcess silo, Func<JsonElement, bool> condition, string what)
    {
        using var guard = new CancellationTokenSource(Limit);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var last = "";
        try
        {
            do
            {
                var (status, body) = await silo.AskAsync("/api/v1/storage/volumes/v1");
                last = body;
                if (status == System.Net.HttpStatusCode.OK && condition(JsonDocument.Parse(body).RootElement)) return;
            }
            while (await ticks.WaitForNextTickAsync(guard.Token));
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"Not within {Limit}: {what}; the last answer is {last}\n{silo.Output}");
        }
    }
}
