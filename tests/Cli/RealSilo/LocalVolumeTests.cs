using System.Net;
using System.Text.Json;
using Actors.Harness;
using Actors.Storage.Tests.BackEnds.Qemu;

namespace Actors.Cli.Tests.RealSilo;

/// <summary>Pools and volumes from nothing, by the command line alone.</summary>
public sealed class LocalVolumeTests
{
    private const int VolumeBytes = 8 << 20;

    private static readonly string[] Quick = ["--Storage:SoakSeconds=1", "--Storage:StepIntervalMs=100", "--Storage:ShareTimeToLiveMs=1000", "--Storage:MinFreePercent=0"];

    [Fact]
    public async Task Files_are_made_moved_and_mistakes_are_told()
    {
        using var folder = new TemporaryDirectory();
        var (hot, cold, data) = (folder.Path("hot"), folder.Path("cold"), folder.Path("data"));
        Directory.CreateDirectory(data);
        await using var silo = await SiloProcess.StartAsync(new SiloProcessOptions(data)
        {
            Arguments = ["--Storage:BackEnd=files", $"--Storage:FilesVolumesFolder={folder.Path("volumes")}", $"--Storage:FilesPoolFolders={hot};{cold}", .. Quick],
        });
        Task<CliRun> Run(params string[] command) => CliProcess.RunAsync(silo, [.. command, "--data-directory", data]);

        Assert.Contains("is none of the folders in the options", (await Run("pools", "create", "hot", "--folder", folder.Path("elsewhere"))).Expect(1).Error, StringComparison.Ordinal);
        Assert.Equal("hot: created", (await Run("pools", "create", "hot", "--folder", hot, "--node", "a", "--label", "tier=hot", "--label", "disk=nvme", "--capacity", "1GiB")).Expect(0).Lines[0]);
        Assert.Contains("is a pool already", (await Run("pools", "create", "other", "--folder", hot)).Expect(1).Error, StringComparison.Ordinal);
        Assert.Contains("is called hot already", (await Run("pools", "create", "hot", "--folder", cold)).Expect(1).Error, StringComparison.Ordinal);
        (await Run("pools", "create", "cold", "--folder", cold, "--label", "tier=cold")).Expect(0);
        var pool = (await Run("pools", "list", "-o", "json")).Expect(0).Json.GetProperty("pools").EnumerateArray().Single(static pool => pool.GetProperty("name").GetString() == "hot");
        Assert.Equal(("a", 1L << 30, "disk=nvme tier=hot"), (pool.GetProperty("node").GetString(), pool.GetProperty("capacityBytes").GetInt64(), string.Join(' ', pool.GetProperty("labels").EnumerateArray())));

        var made = (await Run("volumes", "create", "photos", "--pool", "cold", "--size", "8MiB", "--label", "app=album", "-o", "json")).Expect(0).Json;
        var path = made.GetProperty("address").GetString()!;
        Assert.Equal(VolumeBytes, new FileInfo(File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName).Length);
        Assert.Contains("there is a volume photos already", (await Run("volumes", "create", "photos", "--pool", "cold", "--size", "8MiB")).Expect(1).Error, StringComparison.Ordinal);
        Assert.Contains("there is no pool warm", (await Run("volumes", "create", "films", "--pool", "warm", "--size", "8MiB")).Expect(1).Error, StringComparison.Ordinal);
        Assert.Contains("bytes left and", (await Run("volumes", "create", "films", "--pool", "hot", "--size", "2GiB")).Expect(1).Error, StringComparison.Ordinal);
        Assert.Equal($"photos: {path}", (await Run("volumes", "attach", "photos")).Expect(0).Lines[0]);
        Assert.Contains("nobody serves photos", (await Run("volumes", "detach", "photos")).Expect(1).Error, StringComparison.Ordinal);

        Assert.Equal("photos: done", (await Run("volumes", "migrate", "photos", "--to", "hot", "--wait")).Expect(0).Lines[0]);
        var volume = (await Run("volumes", "show", "photos", "-o", "json")).Expect(0).Json;
        Assert.Equal(("files", "hot"), (volume.GetProperty("storageClass").GetString(), volume.GetProperty("pools")[0].GetString()));
        Assert.StartsWith(hot, File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_volume_of_qemu_moves_under_its_client()
    {
        using var folder = new TemporaryDirectory();
        var (hot, cold, data) = (folder.Path("hot"), folder.Path("cold"), folder.Path("data"));
        Directory.CreateDirectory(data);
        await using var silo = await SiloProcess.StartAsync(new SiloProcessOptions(data)
        {
            Arguments = ["--Storage:BackEnd=qemu", $"--Qemu:VolumesFolder={folder.Path("v")}", $"--Qemu:PoolFolders={hot};{cold}", $"--Storage:MaxCopyBytesPerSecond={8 << 20}", $"--Storage:MinCopyBytesPerSecond={1 << 20}", .. Quick],
        });
        Task<CliRun> Run(params string[] command) => CliProcess.RunAsync(silo, [.. command, "--data-directory", data]);
        (await Run("pools", "create", "hot", "--folder", hot, "--node", "here", "--label", "tier=hot")).Expect(0);
        (await Run("pools", "create", "cold", "--folder", cold, "--node", "here", "--label", "tier=cold")).Expect(0);
        Assert.Contains("a multiple of 512", (await Run("volumes", "create", "db", "--pool", "cold", "--size", "1000")).Expect(1).Error, StringComparison.Ordinal);
        (await Run("volumes", "create", "db", "--pool", "cold", "--size", "8MiB")).Expect(0);
        var address = new Uri((await Run("volumes", "attach", "db", "-o", "json")).Expect(0).Json.GetProperty("address").GetString()!);
        try
        {
            Assert.Equal(("nbd+unix", "/db"), (address.Scheme, address.AbsolutePath));
            await using var client = await NbdClient.ConnectAsync(Uri.UnescapeDataString(address.Query["?socket=".Length..]), "db");
            var content = new byte[VolumeBytes];
            new Random(3).NextBytes(content);
            await WriteAsync(client, content);

            var moving = Run("volumes", "migrate", "db", "--to", "hot", "--wait");
            var phases = await WriteUntilAsync(moving, silo, client, content);
            Assert.Equal("db: done", (await moving).Expect(0).Lines[0]);
            Assert.Equal(["copying", "soaking"], phases.Intersect(["copying", "soaking"]).Order());
            content[0] ^= 1;
            await client.WriteAsync(0, content[..4096]); // on the same connection, after the switch
            await client.FlushAsync();
            Assert.Equal(content, await client.ReadAsync(0, VolumeBytes));
            Assert.Empty(Directory.GetFiles(cold, "*.img"));
            Assert.Equal(content, await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(hot, "*.img"))));
        }
        finally
        {
            Assert.Equal("db: detached", (await Run("volumes", "detach", "db")).Expect(0).Lines[0]);
        }
    }

    /// <summary>An application that changes its volume all the time, four kilobytes at a time, until a command has ended.</summary>
    /// <returns>The phases of the migration in which a write was acknowledged.</returns>
    private static async Task<HashSet<string>> WriteUntilAsync(Task ended, SiloProcess silo, NbdClient client, byte[] content)
    {
        const int blockBytes = 4_096;
        var phases = new HashSet<string>();
        var random = new Random(4);
        // Fifty a second: less than the copy carries, or it never has all.
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!ended.IsCompleted && await ticks.WaitForNextTickAsync())
        {
            var before = await PhaseAsync(silo);
            var block = random.Next(content.Length / blockBytes) * blockBytes;
            random.NextBytes(content.AsSpan(block, blockBytes));
            await client.WriteAsync(block, content[block..(block + blockBytes)]);
            var other = random.Next(content.Length / blockBytes) * blockBytes;
            Assert.Equal(content[other..(other + blockBytes)], await client.ReadAsync(other, blockBytes));
            if (before is not null && before == await PhaseAsync(silo)) phases.Add(before);
        }

        return phases;
    }

    private static async Task<string?> PhaseAsync(SiloProcess silo)
    {
        var (status, body) = await silo.AskAsync("/api/v1/storage/volumes/db");
        if (status != HttpStatusCode.OK) return null;
        return JsonDocument.Parse(body).RootElement.GetProperty("migration") is { ValueKind: JsonValueKind.Object } migration ? migration.GetProperty("phase").GetString() : null;
    }

    private static async Task WriteAsync(NbdClient client, byte[] content)
    {
        for (var at = 0; at < content.Length; at += 1 << 20) await client.WriteAsync(at, content[at..(at + (1 << 20))]);
        await client.FlushAsync();
    }
}
