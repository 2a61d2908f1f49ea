using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Actors.Harness;

/// <summary>
/// A PostgreSQL server of its own: own data folder, own port on 127.0.0.1, nothing synced to the disk. Nobody else's server or service is touched;
/// only the programs are used. It ends with this process, however that ends: its guard waits for a pipe that this process holds.
/// </summary>
public sealed class PostgreSqlServer : IAsyncDisposable
{
    /// <summary>Runs the program in "$@" until standard input ends or says something; then ends it at once, and removes its folder unless told to keep it.</summary>
    private const string GuardScript = """
        trap '' INT TERM HUP
        folder=$1; shift
        "$@" </dev/null &
        server=$!
        read -r word
        kill -QUIT "$server" 2>/dev/null
        wait "$server"
        [ "$word" = keep ] || rm -rf "$folder"
        """;

    private const string Owner = "postgres";

    /// <summary>nobody: the server refuses to run as root.</summary>
    private const string Unprivileged = "65534";

    private const int Attempts = 5;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly string _folder;
    private readonly string[] _prefix;
    private readonly ConcurrentQueue<string> _log = new();
    private TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? _guard;
    private int _databases;

    private PostgreSqlServer(string folder, string[] prefix)
    {
        _folder = folder;
        _prefix = prefix;
    }

    /// <summary>Where it listens on 127.0.0.1; the same after it was stopped and started.</summary>
    public int Port { get; private set; }

    /// <summary>What it has logged so far; each line begins with the database's name in brackets.</summary>
    public IReadOnlyCollection<string> Log => _log;

    /// <summary>Makes a server and waits until it takes connections.</summary>
    /// <exception cref="ForeignProgramException">PostgreSQL is missing, or does not start.</exception>
    public static async Task<PostgreSqlServer> StartNewAsync()
    {
        var folder = Directory.CreateTempSubdirectory("actors-postgresql-").FullName;
        string[] prefix = [];
        if (Environment.UserName == "root")
        {
            prefix = ["setpriv", "--reuid", Unprivileged, "--regid", Unprivileged, "--clear-groups"];
            await RunAsync(["chown", $"{Unprivileged}:{Unprivileged}", folder]);
        }

        var server = new PostgreSqlServer(folder, prefix);
        await RunAsync([.. prefix, Program("initdb"), "--pgdata", folder, "--username", Owner, "--auth", "trust", "--encoding", "UTF8", "--no-locale", "--no-sync"]);
        for (var attempt = 1; ; attempt++)
        {
            server.Port = LoopbackPort.Next();
            try
            {
                await server.StartAsync();
                return server;
            }
            catch (ForeignProgramException) when (attempt < Attempts && server.Log.Any(static line => line.Contains("could not bind", StringComparison.Ordinal)))
            {
                // Another program was faster at the port.
            }
        }
    }

    /// <summary>Makes an empty database.</summary>
    /// <returns>How to connect to it.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test{Interlocked.Increment(ref _databases)}");
        await RunAsync([Program("createdb"), "--host", "127.0.0.1", "--port", Port.ToString(CultureInfo.InvariantCulture), "--username", Owner, name]);
        return string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Username={Owner};Database={name}");
    }

    /// <summary>Starts the server on its port and folder, and waits until it takes connections.</summary>
    public async Task StartAsync()
    {
        _ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        string[] settings =
        [
            $"port={Port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "full_page_writes=off",
            "shared_buffers=16MB", "log_line_prefix=[%d] ", "log_min_messages=log", "logging_collector=off",
        ];
        var start = new ProcessStartInfo("sh", ["-c", GuardScript, "sh", _folder, .. _prefix, Program("postgres"), "-D", _folder, .. settings.SelectMany(static one => (string[])["-c", one])])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        var guard = Process.Start(start)!;
        guard.ErrorDataReceived += (_, line) => Keep(line.Data);
        guard.BeginErrorReadLine();
        _guard = guard;
        try
        {
            await _ready.Task.WaitAsync(Limit);
        }
        catch (Exception error) when (error is TimeoutException or ForeignProgramException)
        {
            await StopAsync();
            throw new ForeignProgramException($"PostgreSQL is not ready after {Limit}, or has ended:\n{string.Join('\n', _log)}");
        }
    }

    /// <summary>Ends the server as a crash does (pg_ctl stop -m immediate); its folder stays.</summary>
    public Task StopAsync() => EndAsync("keep");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_guard is null)
        {
            Directory.Delete(_folder, recursive: true);
        }
        else
        {
            await EndAsync("remove");
        }
    }

    private async Task EndAsync(string word)
    {
        if (_guard is not { } guard) return;
        _guard = null;
        await guard.StandardInput.WriteLineAsync(word);
        using var limit = new CancellationTokenSource(Limit);
        await guard.WaitForExitAsync(limit.Token);
        guard.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            _ready.TrySetException(new ForeignProgramException("PostgreSQL has ended"));
            return;
        }

        _log.Enqueue(line);
        if (line.Contains("database system is ready to accept connections", StringComparison.Ordinal)) _ready.TrySetResult();
        if (line.Contains("database system is shut down", StringComparison.Ordinal)) _ready.TrySetException(new ForeignProgramException("PostgreSQL has ended"));
    }

    // Debian keeps the programs of each version in a folder of its own, out of PATH.
    private static string Program(string name) => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Order().Select(version => Path.Combine(version, "bin", name)).LastOrDefault(File.Exists) ?? name
        : name;

    private static async Task RunAsync(string[] command) => (await ForeignProgram.RunAsync(command[0], command[1..], "", Limit)).OutputOfSuccess();
}
