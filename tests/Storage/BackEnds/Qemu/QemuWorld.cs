using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Actors.Harness;
using Actors.Storage.BackEnds;
using Actors.Storage.BackEnds.Files;
using Actors.Storage.BackEnds.Qemu;

namespace Actors.Storage.Tests.BackEnds.Qemu;

/// <summary>Real daemons on files in folders of their own; they are ended with the world, by their own sockets.</summary>
internal sealed class QemuWorld : BackEndWorld
{
    public const long UnheldBytesPerSecond = 2 << 20;

    private readonly TemporaryDirectory _directory = new();
    private readonly TimeProvider _time;
    private QemuBackEnd _backEnd;

    private QemuWorld(TimeProvider time)
    {
        _time = time;
        foreach (var (pool, node) in ((string, string)[])[("cold-a", "n1"), ("hot-c", "n3")])
            FilesBackEnd.CreatePool(PoolFolder(pool), new() { Name = pool, Node = node, CapacityBytes = 256 << 20 });
        _backEnd = New();
    }

    public override IVolumeBackEnd BackEnd => _backEnd;

    public QemuBackEnd Own => _backEnd;

    public string VolumeFolder => Path.Combine(_directory.Path("volumes"), Volume);

    public string Descriptor => Path.Combine(VolumeFolder, "volume.json");

    public int DaemonId => int.Parse(File.ReadAllText(Path.Combine(VolumeFolder, "daemon.pid")).Trim(), CultureInfo.InvariantCulture);

    public static async Task<QemuWorld> StartAsync(int sizeBytes = 1 << 20, TimeProvider? time = null)
    {
        var world = new QemuWorld(time ?? TimeProvider.System);
        await world._backEnd.CreateVolumeAsync(world.Volume, "fast", new Dictionary<string, string>(), world.SourcePool, sizeBytes, CancellationToken.None);
        await using var client = await world.ConnectAsync();
        var content = new byte[sizeBytes];
        new Random(1).NextBytes(content);
        for (var at = 0; at < sizeBytes; at += 1 << 20) await client.WriteAsync(at, content.AsSpan(at, Math.Min(1 << 20, sizeBytes - at)).ToArray());
        return world;
    }

    public string PoolFolder(string pool) => _directory.Path(pool);

    public async Task<NbdClient> ConnectAsync() => await NbdClient.ConnectAsync(await _backEnd.AttachAsync(Volume, CancellationToken.None), Volume);

    /// <summary>The copy's bound, as the daemon has it.</summary>
    public async Task<long> SpeedAsync() => (await JobAsync())?["speed"]?.GetValue<long>() ?? 0;

    public async Task<JsonNode?> JobAsync()
    {
        using var client = await QmpClient.TryConnectAsync(Path.Combine(VolumeFolder, "qmp.sock"), CancellationToken.None).WaitAsync(Guard);
        return client is null ? null : (await client.ExecuteAsync("query-block-jobs", null, CancellationToken.None))?.AsArray().FirstOrDefault()?.DeepClone();
    }

    /// <summary>The file that clients write to, as the daemon has it.</summary>
    public async Task<string> FileAsync()
    {
        using var client = (await QmpClient.TryConnectAsync(Path.Combine(VolumeFolder, "qmp.sock"), CancellationToken.None).WaitAsync(Guard))!;
        var nodes = await client.ExecuteAsync("query-named-block-nodes", null, CancellationToken.None);
        return string.Join(' ', nodes!.AsArray().Select(node => (string?)node!["file"]));
    }

    public override Task CrashAsync()
    {
        _backEnd = New(); // the other one is not disposed of: a killed process tells its daemons nothing
        return Task.CompletedTask;
    }

    /// <summary>Waits until no copy runs.</summary>
    public override async Task PassAsync()
    {
        using var guard = new CancellationTokenSource(Guard);
        using var client = await QmpClient.TryConnectAsync(Path.Combine(VolumeFolder, "qmp.sock"), guard.Token);
        while (client is not null && QemuJob.From(await client.ExecuteAsync("query-block-jobs", null, guard.Token), await client.ExecuteAsync("query-jobs", null, guard.Token)) is { IsCopying: true })
            await client.NextEventAsync(guard.Token);
    }

    public override async Task<string> ChecksumAsync()
    {
        await using var client = await ConnectAsync();
        return Convert.ToHexString(SHA256.HashData(await client.ReadAsync(0, (int)client.SizeBytes)));
    }

    public override async ValueTask DisposeAsync()
    {
        try
        {
            await _backEnd.DisposeAsync();
            await _backEnd.DetachAsync(Volume, CancellationToken.None);
        }
        catch (BackEndException)
        {
            // The test has broken the volume; then no daemon runs.
        }

        _directory.Dispose();
    }

    private QemuBackEnd New() => new(
        new() { VolumesFolder = _directory.Path("volumes"), PoolFolders = [PoolFolder("cold-a"), PoolFolder("hot-c")], UnheldBytesPerSecond = UnheldBytesPerSecond }, _time);
}
