using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Actors.Storage.BackEnds.Qemu;

/// <summary>
/// The daemon of one volume: it has the active replica open and serves it to NBD clients. It is no child of this process and outlives it; whoever comes next finds it by its socket.
/// Two never have one replica open, for QEMU locks its images.
/// </summary>
/// <param name="folder">The volume's folder.</param>
/// <param name="volume">The volume, and the name that NBD clients ask for.</param>
/// <param name="program">The program.</param>
/// <param name="timeout">How long it has to start and to answer.</param>
/// <param name="time">Whose clock that is.</param>
internal sealed class QemuDaemon(string folder, string volume, string program, TimeSpan timeout, TimeProvider time)
{
    /// <summary>The filter that a mirror puts over its source.</summary>
    public const string MirrorNode = "mirror";

    private const string ExportId = "volume";
    private const string Mark = "ACTORS_DAEMON_START";
    private const int MaxSocketPathBytes = 107;

    /// <summary>Where NBD clients connect.</summary>
    public string NbdSocket => Path.Combine(folder, "nbd.sock");

    /// <summary>What it makes when it has started, and removes last of all.</summary>
    public string PidFile => Path.Combine(folder, "daemon.pid");

    private string Monitor => Path.Combine(folder, "qmp.sock");

    /// <summary>Talks to the daemon.</summary>
    /// <param name="doing">What for, as failures tell it.</param>
    /// <param name="talk">What is said; it is cancelled when it takes longer than the daemon has.</param>
    /// <param name="absent">The answer when no daemon runs.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="BackEndException">It refused or did not answer.</exception>
    public async Task<T> TalkAsync<T>(string doing, Func<QmpClient, CancellationToken, Task<T>> talk, Func<T> absent, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var client = await QmpClient.TryConnectAsync(Monitor, linked.Token);
            return client is null ? absent() : await talk(client, linked.Token);
        }
        catch (QmpException refusal)
        {
            throw new BackEndException($"{doing}: {refusal.Message}", refusal.Message.Contains("No space left", StringComparison.Ordinal), refusal);
        }
        catch (Exception failure) when (failure is IOException or System.Net.Sockets.SocketException)
        {
            throw new BackEndException($"{doing}: the daemon of {volume} ended or does not speak QMP ({failure.Message})", isPermanent: false, failure);
        }
        catch (OperationCanceledException late) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new BackEndException($"{doing}: the daemon of {volume} did not answer in {timeout}; look whether another program is connected to {Monitor}", isPermanent: false, late);
        }
    }

    /// <summary>Starts the daemon. When one runs on the replica already, the new one ends by itself and says so. What a start that fails or hangs has begun is ended.</summary>
    public async Task StartAsync(string replica, string file, CancellationToken cancellationToken)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(Monitor) > MaxSocketPathBytes)
            throw new BackEndException($"{Monitor} is longer than the {MaxSocketPathBytes} bytes that a socket's path may have: take a shorter folder", isPermanent: true);
        // In this order: what is locked by another daemon fails before its sockets are touched.
        string[] arguments =
        [
            "--blockdev", Node(replica, file).ToJsonString(),
            "--nbd-server", new JsonObject { ["addr"] = new JsonObject { ["type"] = "unix", ["path"] = NbdSocket } }.ToJsonString(),
            "--export", new JsonObject { ["type"] = "nbd", ["id"] = ExportId, ["node-name"] = replica, ["name"] = volume, ["writable"] = true }.ToJsonString(),
            "--chardev", string.Create(CultureInfo.InvariantCulture, $"socket,id=qmp,path={Monitor.Replace(",", ",,", StringComparison.Ordinal)},server=on,wait=off"),
            "--monitor", "chardev=qmp", "--pidfile", PidFile, "--daemonize",
        ];
        using var deadline = new CancellationTokenSource(timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var mark = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var isRunning = false;
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = "/", Environment = { [Mark] = mark } })!;
            process.StandardInput.Close();
            var said = process.StandardError.ReadToEndAsync(linked.Token);
            await process.WaitForExitAsync(linked.Token);
            if (process.ExitCode != 0) throw new BackEndException($"the daemon of {volume} did not start: {(await said).Trim()}", isPermanent: false);
            isRunning = true;
        }
        catch (Win32Exception missing)
        {
            throw new BackEndException($"{program} cannot be started ({missing.Message}): install it (Debian: qemu-system-common)", isPermanent: true, missing);
        }
        catch (OperationCanceledException late) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new BackEndException($"the daemon of {volume} did not start in {timeout}", isPermanent: false, late);
        }
        finally
        {
            if (!isRunning) MarkedProcesses.Kill(Mark, mark);
        }
    }

    /// <summary>What the daemon shows.</summary>
    public static async Task<QemuDaemonState> StateAsync(QmpClient client, CancellationToken cancellationToken)
    {
        var exports = await client.ExecuteAsync("query-block-exports", null, cancellationToken);
        var nodes = await client.ExecuteAsync("query-named-block-nodes", new JsonObject { ["flat"] = true }, cancellationToken);
        var blockJobs = await client.ExecuteAsync("query-block-jobs", null, cancellationToken);
        var jobs = await client.ExecuteAsync("query-jobs", null, cancellationToken);
        return new QemuDaemonState(
            (string?)exports?.AsArray().FirstOrDefault(export => (string?)export?["id"] == ExportId)?["node-name"] ?? throw new IOException("it exports no volume"),
            nodes?.AsArray().Select(node => (string?)node?["node-name"] ?? "").ToHashSet() ?? [],
            QemuJob.From(blockJobs, jobs));
    }

    /// <summary>A replica's file as a node.</summary>
    public static JsonObject Node(string replica, string file) => new() { ["driver"] = "file", ["node-name"] = replica, ["filename"] = file, ["discard"] = "unmap" };
}
