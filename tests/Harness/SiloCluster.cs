using System.Globalization;

namespace Actors.Harness;

/// <summary>Silos as processes that share a PostgreSQL server of their own.</summary>
public sealed class SiloCluster : IAsyncDisposable
{
    private const string Secret = "the secret of the tests' cluster";

    private readonly TemporaryDirectory _folder = new();
    private readonly List<SiloProcess> _silos = [];

    private SiloCluster(PostgreSqlServer store, string connection)
    {
        Store = store;
        Connection = connection;
    }

    /// <summary>The server; a test may stop it.</summary>
    public PostgreSqlServer Store { get; }

    /// <summary>How to connect to the database.</summary>
    public string Connection { get; }

    /// <summary>Those that run, in the order of their nodes' numbers from 1.</summary>
    public IReadOnlyList<SiloProcess> Silos => _silos;

    /// <summary>Starts silos together, and waits until they serve.</summary>
    /// <param name="count">How many.</param>
    /// <param name="program">Another build of the silo; null: this one.</param>
    /// <param name="arguments">Further arguments of each.</param>
    public static async Task<SiloCluster> StartAsync(int count, string? program = null, params string[] arguments)
    {
        var store = await PostgreSqlServer.StartNewAsync();
        var cluster = new SiloCluster(store, await store.CreateDatabaseAsync());
        try
        {
            for (var node = 1; node <= count; node++) cluster._silos.Add(SiloProcess.Launch(cluster.Options(node, program, arguments)));
            await Task.WhenAll(cluster._silos.Select(static silo => silo.WaitUntilReadyAsync()));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>How a silo of this cluster is started; later arguments override earlier ones.</summary>
    /// <param name="node">Its number; a number may be used twice to see it refused.</param>
    /// <param name="program">Another build of the silo; null: this one.</param>
    /// <param name="arguments">Further arguments.</param>
    public SiloProcessOptions Options(int node, string? program = null, params string[] arguments)
    {
        var folder = _folder.Path(string.Create(CultureInfo.InvariantCulture, $"silo-{node}-{LoopbackPort.Next()}"));
        Directory.CreateDirectory(folder);
        return new(folder)
        {
            Program = program,
            Arguments =
            [
                string.Create(CultureInfo.InvariantCulture, $"--Silo:NodeId={node}"),
                $"--Silo:Store={Connection}",
                string.Create(CultureInfo.InvariantCulture, $"--Peering:Port={LoopbackPort.Next()}"),
                $"--Peering:Secret={Secret}",
                "--Log:WalFileBytes=33554432",
                .. arguments,
            ],
        };
    }

    /// <summary>Stops a silo cleanly, and starts it on its data with its ports.</summary>
    /// <param name="node">Its number.</param>
    /// <param name="program">The build that takes over; null: this one.</param>
    /// <exception cref="ForeignProgramException">It did not end well.</exception>
    public async Task RestartAsync(int node, string? program = null)
    {
        var former = _silos[node - 1];
        var exitCode = await former.StopAsync();
        if (exitCode != 0) throw new ForeignProgramException($"silo {node} has ended with exit code {exitCode}\n{former.Output}");
        await ReviveAsync(node, program);
    }

    /// <summary>Starts a silo that has ended on its data with its ports, and waits until it serves.</summary>
    /// <param name="node">Its number.</param>
    /// <param name="program">The build that takes over; null: this one.</param>
    public async Task ReviveAsync(int node, string? program = null)
    {
        var former = _silos[node - 1];
        _silos[node - 1] = await SiloProcess.StartAsync(former.Options with { Program = program });
        await former.DisposeAsync();
    }

    /// <summary>Runs the command line against a silo.</summary>
    public static Task<ForeignProgram.Ending> RunAsync(SiloProcess silo, params string[] command) => RunAsync(silo, TimeSpan.FromSeconds(60), command);

    /// <summary>Runs the command line against a silo, with a bound on its time.</summary>
    public static Task<ForeignProgram.Ending> RunAsync(SiloProcess silo, TimeSpan limit, string[] command) => ForeignProgram.RunAsync(
        "dotnet",
        [Repository.Program("Cli"), .. command, "--bootstrap", silo.Bootstrap, "--http", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{silo.Options.HttpPort}")],
        "",
        limit);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_silos.Select(static silo => silo.DisposeAsync().AsTask()));
        await Store.DisposeAsync();
        _folder.Dispose();
    }
}
